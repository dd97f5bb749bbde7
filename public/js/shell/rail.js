import { panels } from '../panels/panels.js';
import { useStore } from '../state/use-store.js';
import { html, useState } from '../view.js';
import { Dialog } from '../components/dialog.js';
import { Icon } from './icon.js';
import { place } from './location.js';
import { addressOf } from './routes.js';

const inBar = 4;
const more = 'M3 8h.01M8 8h.01M13 8h.01';

/**
 * The way to the panels: a rail at the left, at phone width a bar of five below.
 * @param {{ marks: Readonly<Record<string, { count: number, tone: string, says: string }>> }} props what waits where
 */
export function Rail({ marks }) {
  const panel = useStore(place, (state) => state.panel);
  const [open, setOpen] = useState(false);
  const isBeyondBar = panels.findIndex(({ id }) => id === panel) >= inBar;
  return html`<nav class="rail" aria-label="Panels">
      <ul>
        ${panels.map(
          (route, index) =>
            html`<li key=${route.id} class=${index < inBar ? 'in-bar' : 'beyond-bar'}>
              <${Item} route=${route} isHere=${route.id === panel} mark=${marks[route.id]} />
            </li>`,
        )}
        <li class="bar-more">
          <button
            type="button"
            class=${`rail-item${isBeyondBar ? ' is-here' : ''}`}
            aria-haspopup="dialog"
            onClick=${() => setOpen(true)}
          >
            <${Icon} path=${more} /><span>More</span>
          </button>
        </li>
      </ul>
    </nav>
    ${
      open
        ? html`<${Dialog} title="All panels" onClose=${() => setOpen(false)}>
            <ul class="more-list" onClick=${() => setOpen(false)}>
              ${panels.slice(inBar).map(
                (route) =>
                  html`<li key=${route.id}>
                    <a class="more-item" href=${addressOf(route.id)}>
                      <${Icon} path=${route.icon} />
                      <span>${route.label}<span class="soft small">${route.says}</span></span>
                      <${Mark} mark=${marks[route.id]} />
                    </a>
                  </li>`,
              )}
            </ul>
          <//>`
        : null
    }`;
}

/** @param {{ route: import('../panels/panels.js').Panel, isHere: boolean, mark: any }} props */
function Item({ route, isHere, mark }) {
  return html`<a
    class=${`rail-item${isHere ? ' is-here' : ''}`}
    href=${addressOf(/** @type {any} */ (route.id))}
    aria-current=${isHere ? 'page' : undefined}
    title=${`${route.says} (g ${route.key})`}
  >
    <${Icon} path=${route.icon} /><span>${route.label}</span><${Mark} mark=${mark} />
  </a>`;
}

/** @param {{ mark: { count: number, tone: string, says: string } | undefined }} props */
function Mark({ mark }) {
  if (mark === undefined || mark.count === 0) return null;
  return html`<span class=${`mark is-${mark.tone}`}
    >${mark.count > 99 ? '99+' : mark.count}<span class="unseen"> ${mark.says}</span></span
  >`;
}
