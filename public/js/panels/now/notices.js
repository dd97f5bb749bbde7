import { Button } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { count } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';

/** @typedef {import('../../../../src/lib/dashboard/protocol/answers.ts').Notice} Notice */

/**
 * What the owner was told and has not seen, the newest first. What is seen goes at once and comes back if the daemon
 * could not keep it.
 * @param {{ notices: readonly Notice[], number: number }} props `number`: all of them
 */
export function Notices({ notices, number }) {
  const [seen, setSeen] = useState(/** @type {ReadonlySet<number>} */ (new Set()));
  const shown = notices.filter(({ id }) => !seen.has(id));
  const hidden = number - notices.length;
  /** @param {readonly Notice[]} gone @param {{ ids: number[] } | { until: number }} which */
  const see = (gone, which) => {
    const ids = gone.map(({ id }) => id);
    setSeen((before) => new Set([...notices.map(({ id }) => id).filter((id) => before.has(id)), ...ids]));
    const undo = () => setSeen((before) => new Set([...before].filter((id) => !ids.includes(id))));
    void act('notices.see', which, { undo });
  };
  if (shown.length === 0) return null;
  return html`<ul class="row-list" aria-label="Told you">
      ${shown.map(
        (notice) =>
          html`<li key=${notice.id} class="notice">
            <span class="glyph is-orange state" aria-hidden="true">◆</span>
            <div class="grow">
              <p class="two-lines" title=${notice.text}>${notice.text}</p>
              <p class="soft small one-line"><${Said} notice=${notice} /> · <${Time} at=${notice.at} /></p>
            </div>
            <${Button}
              kind="quiet"
              label=${`Seen: ${notice.text}`}
              onClick=${() => see([notice], { ids: [notice.id] })}
              >Seen<//
            >
          </li>`,
      )}
    </ul>
    ${
      number < 2
        ? null
        : html`<p class="actions small">
            <a href=${addressOf('activity', ['notices'])}
              >${hidden > 0 ? `${count(hidden)} more` : 'All that you were told'}</a
            >
            <${Button} kind="quiet" onClick=${() => see(notices, { until: notices[0]?.id ?? 1 })}>All seen<//>
          </p>`
    }`;
}

/** Who says it, as a link to where more is said. @param {{ notice: Pick<Notice, 'origin' | 'taskId'> }} props */
export function Said({ notice }) {
  const where =
    notice.taskId !== null
      ? addressOf('tasks', [String(notice.taskId)])
      : addressOf('config', [], { text: notice.origin === 'spend' ? 'spend' : 'agent' });
  return html`<a class="quiet" href=${where}>${saidBy(notice)}</a>`;
}

/** Who says it, in a word or two. @param {Pick<Notice, 'origin' | 'taskId'>} notice */
export function saidBy({ origin, taskId }) {
  if (origin === 'spend') return 'spending';
  return taskId === null ? origin : `${origin === 'agent' ? 'agent of ' : ''}task ${taskId}`;
}
