import { signOf } from '../format/state.js';
import { html, useEffect, useState } from '../view.js';

/**
 * A state as glyph, word and colour.
 * @param {{ state: string, word?: string, quiet?: boolean }} props
 */
export function State({ state, word, quiet = false }) {
  const sign = signOf(state);
  return html`<span class=${`state is-${sign.tone}${quiet ? ' is-quiet' : ''}`}
    ><span class="glyph" aria-hidden="true">${sign.glyph}</span>${word ?? sign.word}</span
  >`;
}

/**
 * A small fact in a frame, such as a source or a kind.
 * @param {{ tone?: string, title?: string, children?: unknown }} props
 */
export function Tag({ tone = 'soft', title, children }) {
  return html`<span class=${`tag is-${tone}`} title=${title}>${children}</span>`;
}

/**
 * @param {{ onClick?: (event: Event) => void, kind?: 'plain' | 'primary' | 'danger' | 'quiet', busy?: boolean,
 *   disabled?: boolean, type?: string, title?: string, label?: string, pressed?: boolean, children?: unknown }} props
 */
export function Button({
  kind = 'plain',
  busy = false,
  disabled = false,
  type = 'button',
  label,
  pressed,
  children,
  ...rest
}) {
  return html`<button
    type=${type}
    class=${`button button-${kind}`}
    disabled=${disabled}
    aria-busy=${busy ? 'true' : undefined}
    aria-label=${label}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    ...${rest}
  >
    ${children}
  </button>`;
}

/**
 * A labelled control.
 * @param {{ label: string, hint?: string, problem?: string | null, id: string, children?: unknown }} props
 */
export function Field({ label, hint, problem = null, id, children }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children} ${hint === undefined ? null : html`<p class="soft small" id=${`${id}-hint`}>${hint}</p>`}
    ${problem === null ? null : html`<p class="problem-line" role="alert">${problem}</p>`}
  </div>`;
}

/**
 * What a panel shows while there is nothing: what would fill it and how.
 * @param {{ title: string, children?: unknown, action?: unknown }} props
 */
export function Empty({ title, children, action = null }) {
  return html`<div class="empty">
    <h2>${title}</h2>
    <p class="soft prose">${children}</p>
    ${action}
  </div>`;
}

/**
 * An error in words: what happened and what can be done. What is not there does not come by trying again.
 * @param {{ problem: { message: string, code?: string }, retry?: () => void }} props
 */
export function Problem({ problem, retry }) {
  const { code, message } = problem;
  if (code === 'NOT_FOUND')
    return html`<div class="problem is-gone" role="alert">
      <p><b>Not here.</b> ${message.slice(0, 1).toUpperCase()}${message.slice(1)}.</p>
    </div>`;
  return html`<div class="problem" role="alert">
    <p>
      <span class="state is-pink"><span class="glyph" aria-hidden="true">✕</span>That did not work.</span>
      ${message}
    </p>
    ${retry === undefined ? null : html`<${Button} onClick=${retry}>Try again<//>`}
  </div>`;
}

const silentMs = 300;

/**
 * Reserved room while something loads; it says so only when that takes more than 300 ms.
 * @param {{ rows?: number, what?: string }} props
 */
export function Loading({ rows = 6, what = 'Loading' }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), silentMs);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class=${`loading${late ? ' is-late' : ''}`} aria-busy="true">
    ${late ? html`<span class="unseen" role="status">${what}…</span>` : null}
    ${Array.from({ length: rows }, (_, row) => html`<div class="loading-row" key=${row}></div>`)}
  </div>`;
}

/**
 * One of several views as tabs.
 * @param {{ tabs: readonly { id: string, label: string, count?: number }[], selected: string, onSelect: (id: string) => void,
 *   label: string }} props
 */
export function Tabs({ tabs, selected, onSelect, label }) {
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onSelect(next.id);
    const row = /** @type {HTMLElement} */ (event.currentTarget);
    row.querySelectorAll('button')[tabs.indexOf(next)]?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
    ${tabs.map(
      (tab) =>
        html`<button
          key=${tab.id}
          type="button"
          role="tab"
          class="tab"
          aria-selected=${String(tab.id === selected)}
          tabindex=${tab.id === selected ? 0 : -1}
          onClick=${() => onSelect(tab.id)}
        >
          ${tab.label}${tab.count ? html`<span class="tab-count">${tab.count}</span>` : null}
        </button>`,
    )}
  </div>`;
}
