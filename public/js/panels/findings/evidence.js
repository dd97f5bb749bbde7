import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/** @typedef {{ kind: string, ref: string, note: string }} Piece */

/** Where a piece of evidence is shown; those that are named otherwise, such as tables, have no place of their own. */
const places = /** @type {Readonly<Record<string, (ref: string) => string>>} */ ({
  task: (ref) => addressOf('tasks', [ref]),
  memory: (ref) => addressOf('memory', [ref]),
  event: (ref) => addressOf('activity', ['events', ref]),
  activity: (ref) => addressOf('activity', ['log', ref]),
  category: (ref) => addressOf('activity', [], { text: ref }),
  source: (ref) => addressOf('activity', [], { text: ref }),
  goal: (ref) => addressOf('goals', [ref]),
  fire: () => addressOf('goals'),
  sensor: () => addressOf('sensors'),
  sample: () => addressOf('sensors'),
  statement: () => addressOf('sensors'),
  rule: () => addressOf('rules'),
  finding: (ref) => addressOf('decide', ['findings', ref]),
  wish: (ref) => addressOf('decide', ['wishes', ref]),
});

/**
 * What backs a finding or a wish, each piece with a way to open it.
 * @param {{ pieces: readonly Piece[] }} props
 */
export function Evidence({ pieces }) {
  return html`<ul class="evidence">
    ${pieces.map((piece) => html`<li key=${`${piece.kind} ${piece.ref}`}><${PieceName} piece=${piece} /> <span class="soft">${piece.note}</span></li>`)}
  </ul>`;
}

/** @param {{ piece: Piece }} props */
function PieceName({ piece: { kind, ref: name } }) {
  const place = Object.hasOwn(places, kind) ? places[kind] : undefined;
  const shown = kind === 'statement' ? name.slice(0, 12) : name;
  return place === undefined
    ? html`<b>${kind} ${shown}</b>`
    : html`<a href=${place(name)}>${kind} ${shown}</a>`;
}
