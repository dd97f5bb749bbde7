import { Button, Loading } from '../../components/basics.js';
import { Lasting } from '../../components/time.js';
import { relative } from '../../format/duration.js';
import { count } from '../../format/quantity.js';
import { Ninja } from '../../ninja/ninja.js';
import { addressOf } from '../../shell/routes.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html } from '../../view.js';
import { Notices, useNotices } from '../notices/unseen.js';
import { Checklist } from './checklist.js';
import { Mailbox } from './mailbox.js';
import { Outlook } from './outlook.js';
import { Plots } from './plots.js';
import { troublesOf } from './troubles.js';
import { waitingOf } from './waiting.js';

// Told on every panel; this module is there from the start.
export { followNotices } from '../notices/follow.js';

/** How it is, what runs, what waits for the owner, what went wrong, hosts and goals, and the plots: on one screen. */
export function NowPanel() {
  const now = useStore(live, (state) => state.now);
  return html`<div class="panel now">
    <h1 class="unseen">Now</h1>
    <div class="now-hero"><${Ninja} />${now === null ? null : html`<${Checklist} />`}</div>
    ${
      now === null
        ? html`<${Loading} rows=${4} what="Asking the daemon" />`
        : html`<div class="now-words">
            <${Running} now=${now} />
            <${Waiting} now=${now} />
            <div class="now-rest">
              <${Wrong} now=${now} />
              <${Outlook} now=${now} />
              <${Mailbox} mailbox=${now.status.mailbox} />
            </div>
          </div>`
    }
    <${Plots} />
  </div>`;
}

/** @typedef {import('../../../../src/operations.ts').Answers['now.get']} Now */

const shortWords = { memory: 'waits for memory', cpu: 'waits for a core' };

/** @param {{ now: Now }} props */
function Running({ now: { running, status } }) {
  const { queued } = status.tasks;
  const { waitsFor } = status.room;
  const short = queued === 0 || waitsFor === null ? '' : `, ${shortWords[waitsFor]}`;
  return html`<section class="section" aria-labelledby="now-running">
    <div class="section-head">
      <h2 id="now-running">Running</h2>
      ${
        queued === 0
          ? null
          : html`<a class="end small" href=${addressOf('tasks', [], { state: 'queued' })}
              >${count(queued)} queued${short}</a
            >`
      }
    </div>
    ${
      running.length === 0
        ? html`<p class="soft">
            Nothing runs. <a href=${addressOf('chat')}>Say something</a>, or write a line into the pipe.
          </p>`
        : html`<ul class="row-list">
            ${running.map(
              (task) =>
                html`<li key=${task.taskId}>
                  <span class="live-dot" aria-hidden="true"></span>
                  <div class="grow">
                    <a class="two-lines quiet" href=${addressOf('tasks', [task.taskId])} title=${task.text}
                      >${task.text || `task ${task.taskId}`}</a
                    >
                    <p class="soft small one-line">
                      ${task.progress ?? 'starting'}${task.since == null ? null : html` · <${Lasting} from=${task.since} />`}
                    </p>
                  </div>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

/** @param {{ now: Now }} props */
function Waiting({ now: { waiting, notices } }) {
  const rows = waitingOf(waiting);
  const { shown, see, seeAll, putOff } = useNotices(notices);
  const hidden = waiting.notices - notices.length;
  return html`<section class="section" aria-labelledby="now-waiting">
    <div class="section-head">
      <h2 id="now-waiting">Waits for you</h2>
      ${
        shown.length < 2
          ? null
          : html`<span class="end actions small">
              ${hidden > 0 ? html`<a href=${addressOf('activity', ['notices'])}>${count(hidden)} more</a>` : null}
              <${Button} kind="quiet" onClick=${seeAll}>All seen<//>
            </span>`
      }
    </div>
    <${Notices} shown=${shown} onSee=${see} onLater=${putOff} />
    ${
      rows.length === 0
        ? shown.length === 0
          ? html`<p class="soft">Nothing. Replies, notices, wishes and findings show up here.</p>`
          : null
        : html`<ul class="row-list">
            ${rows.map(
              ({ text, panel, rest, query }) =>
                html`<li key=${text} class="is-way">
                  <span class="glyph is-orange state" aria-hidden="true">◇</span>
                  <a class="grow quiet" href=${addressOf(panel, rest, query)}>${text}</a>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

const shownTroubles = 5;

/** @param {{ now: Now }} props */
function Wrong({ now }) {
  // What waits for the owner is told there, with what settles it.
  const troubles = troublesOf(now).filter(({ key }) => key !== 'dead');
  const proof = proofText(now);
  // Hosts in trouble stand below: that nothing else is wrong needs no word.
  if (troubles.length === 0 && proof === '' && now.hosts.length > 0) return null;
  return html`<section class="section" aria-labelledby="now-wrong">
    <div class="section-head"><h2 id="now-wrong">Went wrong</h2></div>
    ${
      troubles.length === 0
        ? html`<p class="soft">
            <span class="state is-green"><span class="glyph" aria-hidden="true">✓</span></span
            >${now.hosts.length + now.waiting.deadLetters > 0 ? 'Nothing else that shows.' : 'Nothing that shows.'}
          </p>`
        : html`<ul class="row-list">
            ${troubles.slice(0, shownTroubles).map(
              ({ key, tone, glyph, text, panel, query }) =>
                html`<li key=${key}>
                  <span class=${`glyph state is-${tone}`} aria-hidden="true">${glyph}</span>
                  <a class="grow two-lines quiet" href=${addressOf(panel, [], query)} title=${text}
                    >${text}</a
                  >
                </li>`,
            )}
          </ul>`
    }
    ${proof === '' ? null : html`<p class="soft small">${proof}</p>`}
    ${troubles.length > shownTroubles ? html`<p class="soft small">and ${troubles.length - shownTroubles} more</p>` : null}
  </section>`;
}

/** @param {Now} now */
function proofText({ at, upkeep: { backup, drill } }) {
  /** @param {string} what @param {Now['upkeep']['drill']} run */
  const said = (what, run) =>
    run?.doneAt == null ? [] : [`${what} ${relative(Date.parse(run.doneAt), at)}`];
  return [...said('Last backup', backup), ...said('last restored in a drill', drill)].join(', ');
}
