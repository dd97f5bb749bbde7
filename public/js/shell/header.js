import { State } from '../components/basics.js';
import { NinjaFace } from '../ninja/ninja.js';
import { count, money, percent, plural } from '../format/quantity.js';
import { live } from '../state/live.js';
import { useIsAway } from '../state/use-is-away.js';
import { useStore } from '../state/use-store.js';
import { html } from '../view.js';
import { keysDialog, openPalette } from './keys.js';
import { Icon } from './icon.js';
import { addressOf } from './routes.js';

const lens = 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0 -9zM10.5 10.5L14 14';

/** One line: name, the ninja, ready or not, how much waits, what was spent against the cap. */
export function Header() {
  const now = useStore(live, (state) => state.now);
  const isAway = useIsAway();
  return html`<header class="header">
    <a class="brand" href=${addressOf('now')} aria-label="ninjad, to the start"
      ><${NinjaFace} /><span>ninjad</span></a
    >
    <${Ready} isAway=${isAway} ready=${now?.status.ready ?? null} />
    <div class="header-facts">
      ${now === null ? null : html`<${Facts} status=${now.status} />`}
      <button
        type="button"
        class="button button-quiet header-search"
        onClick=${openPalette}
        aria-label="Search Ctrl K"
        title="Go to anything (Ctrl K)"
      >
        <${Icon} path=${lens} /><span>Search</span> <kbd>Ctrl K</kbd>
      </button>
      <button
        type="button"
        class="button button-quiet wide header-keys"
        onClick=${() => keysDialog.set({ open: true })}
        aria-label="Keys"
      >
        <kbd>?</kbd>
      </button>
    </div>
  </header>`;
}

/** @param {{ isAway: boolean, ready: boolean | null }} props */
function Ready({ isAway, ready }) {
  if (isAway) return html`<${State} state="restarting" word="connecting" />`;
  if (ready === null) return html`<${State} state="starting" word="asking" />`;
  return html`<${State} state=${ready ? 'ready' : 'starting'} />`;
}

const nearCap = 0.8;

/** @param {{ status: import('../../../src/operations.ts').Answers['now.get']['status'] }} props */
function Facts({ status: { mailbox, tasks, spend } }) {
  const share = spend.capUsd === null ? null : spend.capUsd === 0 ? 1 : spend.todayUsd / spend.capUsd;
  const tone = share === null || share < nearCap ? 'green' : 'orange';
  return html`<a class="fact wide plain-link" href=${addressOf('tasks', [], { state: 'running' })}
      ><b>${count(tasks.running)}</b><span class="soft">running</span></a
    >
    <span
      class="fact"
      title=${`${plural(mailbox.depth, 'event')} waiting, ${plural(tasks.queued, 'task')} queued`}
      ><b>${count(mailbox.depth + tasks.queued)}</b><span class="soft">queued</span></span
    >
    <span
      class=${`fact is-${tone}`}
      title=${share === null ? 'No cap is set: spend.dailyUsd' : `${percent(share)} of today’s cap`}
    >
      <b>${money(spend.todayUsd)}</b
      ><span class="soft">${spend.capUsd === null ? 'today' : `of ${money(spend.capUsd)}`}</span>
      ${
        share === null
          ? null
          : html`<span
              class="meter wide"
              role="meter"
              aria-label="Spend against today’s cap"
              aria-valuemin="0"
              aria-valuemax="100"
              aria-valuenow=${Math.round(Math.min(1, share) * 100)}
              ><i style=${{ width: `${Math.min(100, share * 100)}%` }}></i
            ></span>`
      }
    </span>`;
}
