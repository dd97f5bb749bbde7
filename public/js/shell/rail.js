import { groups, panels } from '../panels/panels.js';
import { useStore } from '../state/use-store.js';
import { html, useState } from '../view.js';
import { Dialog } from '../components/dialog.js';
import { Icon } from './icon.js';
import { place } from './location.js';
import { addressOf } from './routes.js';

const inBar = groups[0].panels.length;
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
      ${groups.map(
        ({ label, panels: members }, group) =>
          html`<ul key=${label} class=${group === 0 ? 'in-bar' : 'beyond-bar'} aria-label=${label}>
            ${members.map(
              (route) =>
                html`<li key=${route.id}>
                  <${Item} route=${route} isHere=${route.id === panel} mark=${marks[route.id]} />
                </li>`,
            )}
            ${
              group > 0
                ? null
                : html`<li class="bar-more">
                    <button
                      type="button"
                      class=${`rail-item${isBeyondBar ? ' is-here' : ''}`}
                      aria-haspopup="dialog"
                      onClick=${() => setOpen(true)}
                    >
                      <${Icon} path=${more} /><span>More</span>
                    </button>
                  </li>`
            }
          </ul>`,
      )}
    </nav>
    ${
      open
        ? html`<${Dialog} title="All panels" onClose=${() => setOpen(false)}>
            <div onClick=${() => setOpen(false)}>
              ${groups.slice(1).map(
                ({ label, panels: members }) =>
                  html`<section key=${label} class="more-group">
                    <h2 class="soft small">${label}</h2>
                    <ul class="more-list">
                      ${members.map(
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
                  </section>`,
              )}
            </div>
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
