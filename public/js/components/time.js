import { duration, relative } from '../format/duration.js';
import { clock } from '../state/clock.js';
import { useStore } from '../state/use-store.js';
import { html } from '../view.js';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/**
 * How long ago, with the instant itself on hover and for screen readers.
 * @param {{ at: number | string | null | undefined, none?: string }} props epoch milliseconds or ISO 8601
 */
export function Time({ at, none = '–' }) {
  const instant = at === null || at === undefined ? Number.NaN : new Date(at).getTime();
  const text = useStore(clock, ({ now }) => (Number.isNaN(instant) ? none : relative(instant, now)));
  if (Number.isNaN(instant)) return html`<span class="soft">${none}</span>`;
  return html`<time datetime=${new Date(instant).toISOString()} title=${absolute.format(instant)}
    >${text}</time
  >`;
}

/**
 * How long something has gone on, counting while it goes on.
 * @param {{ from: number | string, to?: number | string | null }} props
 */
export function Lasting({ from, to = null }) {
  const begin = new Date(from).getTime();
  const end = to === null ? null : new Date(to).getTime();
  const text = useStore(clock, ({ now }) => duration((end ?? now) - begin));
  return html`<span title=${`since ${absolute.format(begin)}`}>${text}</span>`;
}
