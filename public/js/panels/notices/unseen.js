import { Button } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { html, useState } from '../../view.js';
import { answer } from './answer.js';
import { Said } from './said.js';

/** @typedef {import('../../../../src/operations.ts').Answers['notices.list']['items'][number]} Notice */

/**
 * Notices that are not seen, and how to see them: what is seen goes at once, and comes back if the daemon could not
 * keep it.
 * @param {readonly Notice[]} notices the newest first
 */
export function useNotices(notices) {
  const [seen, setSeen] = useState(/** @type {ReadonlySet<number>} */ (new Set()));
  /** @param {readonly Notice[]} gone @param {{ ids: number[] } | { until: number }} which */
  const see = (gone, which) => {
    const ids = gone.map(({ id }) => id);
    setSeen((before) => new Set([...notices.map(({ id }) => id).filter((id) => before.has(id)), ...ids]));
    const undo = () => setSeen((before) => new Set([...before].filter((id) => !ids.includes(id))));
    void act('notices.see', which, { undo });
  };
  return {
    shown: notices.filter(({ id }) => !seen.has(id)),
    /** @param {Notice} notice */
    see: (notice) => see([notice], { ids: [notice.id] }),
    seeAll: () => see(notices, { until: notices[0]?.id ?? 1 }),
  };
}

/** @param {{ shown: readonly Notice[], onSee: (notice: Notice) => void }} props */
export function Notices({ shown, onSee }) {
  if (shown.length === 0) return null;
  return html`<ul class="row-list" aria-label="Told you">
    ${shown.map(
      (notice) =>
        html`<li key=${notice.id} class="notice">
          <span class="glyph is-orange state" aria-hidden="true">◆</span>
          <div class="grow">
            <p class="notice-text" title=${notice.text}>${notice.text}</p>
            <p class="soft small one-line"><${Said} notice=${notice} /> · <${Time} at=${notice.at} /></p>
          </div>
          <span class="notice-acts">
            <${Button} label=${`Answer: ${notice.text}`} onClick=${() => void answer(notice)}>Answer<//>
            <${Button} label=${`Seen: ${notice.text}`} onClick=${() => onSee(notice)}>Seen<//>
          </span>
        </li>`,
    )}
  </ul>`;
}
