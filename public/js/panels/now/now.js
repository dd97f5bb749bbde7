import { Button, Loading } from '../../components/basics.js';
import { Plot } from '../../components/plot.js';
import { relative } from '../../format/duration.js';
import { count, money, short } from '../../format/quantity.js';
import { priorities, priorityTone } from '../../format/state.js';
import { Ninja } from '../../ninja/ninja.js';
import { addressOf } from '../../shell/routes.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html, useMemo } from '../../view.js';
import { loopLimitMs, troublesOf } from './troubles.js';
import { Notices, useNotices } from '../notices/unseen.js';
import { Checklist } from './checklist.js';
import { waitingOf } from './waiting.js';

// Told on every panel; this module is there from the start.
export { followNotices } from '../notices/follow.js';

/** How it is, what runs, what waits for the owner, what went wrong, and the plots: on one screen. */
export function NowPanel() {
  const now = useStore(live, (state) => state.now);
  return html`<div class="panel now">
    <h1 class="unseen">Now</h1>
    <div class="now-side">
      <${Ninja} />${now === null ? null : html`<${Mailbox} mailbox=${now.status.mailbox} counts=${now.status.counts} />`}
    </div>
    ${
      now === null
        ? html`<${Loading} rows=${4} what="Asking the daemon" />`
        : html`<div class="now-words">
            <${Checklist} /><${Running} now=${now} /><${Waiting} now=${now} /><${Wrong} now=${now} />
          </div>`
    }
    <${Plots} spend=${now?.status.spend} />
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
      <a class="end small" href=${addressOf('tasks', [], { state: 'queued' })}
        >${count(queued)} queued${short}</a
      >
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
                    <a class="one-line quiet" href=${addressOf('tasks', [task.taskId])} title=${task.text}
                      >${task.text || `task ${task.taskId}`}</a
                    >
                    <p class="soft small one-line">${task.progress ?? 'starting'}</p>
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
  const { shown, see, seeAll } = useNotices(notices);
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
    <${Notices} shown=${shown} onSee=${see} />
    ${
      rows.length === 0
        ? shown.length === 0
          ? html`<p class="soft">Nothing. Replies, notices, wishes and findings show up here.</p>`
          : null
        : html`<ul class="row-list">
            ${rows.map(
              ({ text, panel, rest, query }) =>
                html`<li key=${text}>
                  <span class="glyph is-orange state" aria-hidden="true">◇</span>
                  <a class="grow one-line quiet" href=${addressOf(panel, rest, query)}>${text}</a>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

const shownTroubles = 5;

/** @param {{ now: Now }} props */
function Wrong({ now }) {
  const troubles = troublesOf(now);
  return html`<section class="section" aria-labelledby="now-wrong">
    <div class="section-head"><h2 id="now-wrong">Went wrong</h2></div>
    ${
      troubles.length === 0
        ? html`<p class="soft">Nothing that shows.</p>`
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
    ${proofText(now) === '' ? null : html`<p class="soft small">${proofText(now)}</p>`}
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

/** @param {{ mailbox: Now['status']['mailbox'], counts: Now['status']['counts'] }} props */
function Mailbox({ mailbox, counts }) {
  const most = Math.max(1, ...priorities.map((name) => mailbox.byPriority[name]));
  return html`<section class="section" aria-labelledby="now-mailbox">
    <div class="section-head">
      <h2 id="now-mailbox">Mailbox</h2>
      <span class="end mono soft">${count(mailbox.depth)} waiting</span>
    </div>
    <dl class="bars">
      ${priorities.map((name) => {
        const number = mailbox.byPriority[name];
        return html`<div key=${name} class=${`is-${priorityTone(name)}`}>
          <dt>${name}</dt>
          <dd>
            <span class="bar" aria-hidden="true"
              ><i style=${{ width: `${(number / most) * 100}%` }}></i
            ></span>
            <span class="numeric">${short(number)}</span>
          </dd>
        </div>`;
      })}
    </dl>
    <dl class="tally">
      <div>
        <dt>accepted</dt>
        <dd>${short(counts.accepted)}</dd>
      </div>
      <div>
        <dt>done</dt>
        <dd>${short(counts.done)}</dd>
      </div>
      <div>
        <dt>dropped</dt>
        <dd>${short(counts.dropped)}</dd>
      </div>
      <div>
        <dt>failed</dt>
        <dd>${short(counts.failed)}</dd>
      </div>
      <div>
        <dt>refused</dt>
        <dd>${short(counts.rejected)}</dd>
      </div>
    </dl>
  </section>`;
}

/** @param {number} ms */
const milliseconds = (ms) => `${ms < 10 && ms > 0 ? ms.toFixed(1).replace(/\.0$/, '') : Math.round(ms)} ms`;

const plotHeight = 204;

/** @param {{ spend: Now['status']['spend'] | undefined }} props */
function Plots({ spend }) {
  const history = useStore(live, (state) => state.history);
  const times = useMemo(() => (history?.at ?? []).map((at) => at / 1000), [history]);
  const cap = spend?.capUsd ?? undefined;
  const plots = [
    { title: 'Events a second', values: history?.eventsPerSecond, tone: 'cyan', whole: true },
    { title: 'Waiting in the mailbox', values: history?.depth, tone: 'yellow', whole: true },
    { title: 'Tasks that run', values: history?.running, tone: 'cyan', steps: true, whole: true },
    {
      title: 'Spent today',
      values: history?.todayUsd,
      tone: 'green',
      steps: true,
      format: money,
      ...(cap !== undefined && { limit: cap, limitLabel: 'cap' }),
    },
    { title: 'Failed within the hour', values: history?.failed, tone: 'pink', steps: true, whole: true },
    {
      title: 'How late I answer, at worst',
      values: history?.loopP99Ms,
      tone: 'text',
      format: milliseconds,
      limit: loopLimitMs,
      limitLabel: `${loopLimitMs} ms`,
    },
  ];
  return html`<section class="now-plots" aria-label="The last quarter of an hour">
    ${plots.map((plot) => html`<${Plot} key=${plot.title} ...${plot} times=${times} values=${plot.values ?? none} height=${plotHeight} />`)}
  </section>`;
}

/** @type {readonly number[]} */
const none = [];
