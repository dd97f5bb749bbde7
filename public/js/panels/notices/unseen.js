import { Button } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { html, useEffect, useState } from '../../view.js';
import { answer } from './answer.js';
import { putOff, see } from './settle.js';
import { Said } from './said.js';

/** @typedef {import('../../../../src/operations.ts').Answers['notices.list']['items'][number]} Notice */

/**
 * Notices that are not seen, and how to see them: what is seen goes at once, and comes back if the daemon could not
 * keep it.
 * @param {readonly Notice[]} notices the newest first
 */
export function useNotices(notices) {
  const [seen, setSeen] = useState(/** @type {ReadonlySet<number>} */ (new Set()));
  const hide = (/** @type {readonly number[]} */ ids) => setSeen((before) => new Set([...before, ...ids]));
  const show = (/** @type {readonly number[]} */ ids) =>
    setSeen((before) => new Set([...before].filter((id) => !ids.includes(id))));
  // What the daemon has taken away too may come back: one that was put off does.
  useEffect(() => {
    const ids = new Set(notices.map(({ id }) => id));
    setSeen((before) =>
      [...before].every((id) => ids.has(id)) ? before : new Set([...before].filter((id) => ids.has(id))),
    );
  }, [notices]);
  /** @param {readonly Notice[]} gone @param {{ ids: number[] } | { until: number }} which */
  const settle = (gone, which) => {
    const ids = gone.map(({ id }) => id);
    hide(ids);
    void see(which, () => show(ids));
  };
  return {
    shown: notices.filter(({ id }) => !seen.has(id)),
    /** @param {Notice} notice */
    see: (notice) => settle([notice], { ids: [notice.id] }),
    seeAll: () => settle(notices, { until: notices[0]?.id ?? 1 }),
    /** @param {Notice} notice */
    putOff: ({ id }) => {
      hide([id]);
      void putOff(id, () => show([id]));
    },
  };
}

/** @param {{ shown: readonly Notice[], onSee: (notice: Notice) => void, onLater: (notice: Notice) => void }} props */
export function Notices({ shown, onSee, onLater }) {
  if (shown.length === 0) return null;
  return html`<ul class="row-list" aria-label="Told you">
    ${shown.map(
      (notice) =>
        html`<li key=${notice.id} class="notice">
          <span class="glyph is-orange state" aria-hidden="true">◆</span>
          <div class="grow">
            <p class="notice-text" title=${notice.text}>${notice.text}</p>
            <p class="soft small one-line"><${Said} notice=${notice} /> · <${Time} at=${notice.at} /></p>
            <div class="notice-acts">
              <${Button} label=${`Answer: ${notice.text}`} onClick=${() => void answer(notice)}>Answer<//>
              <${Button}
                label=${`Later: ${notice.text}`}
                title="Tell me tomorrow morning"
                onClick=${() => onLater(notice)}
                >Later<//
              >
              <${Button} kind="quiet" label=${`Seen: ${notice.text}`} onClick=${() => onSee(notice)}>Seen<//>
            </div>
          </div>
        </li>`,
    )}
  </ul>`;
}
