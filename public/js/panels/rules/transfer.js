import { Button, Field } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { request } from '../../link/connection.js';
import { html, useState } from '../../view.js';
import { EffectView } from './effect.js';

/** @typedef {import('../../../../src/operations.ts').Answers['rules.import']} Imported */

/** Gives the browser the owner's rules as a file. */
export async function downloadRules() {
  const rules = await request('rules.export', {});
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([`${JSON.stringify(rules, null, 2)}\n`], { type: 'application/json' }),
  );
  link.download = 'ninjad-rules.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

/**
 * Takes rules from a file or a text: the difference is shown first, and all of it is taken or nothing.
 * @param {{ change: import('./change.js').Change, routes: import('./routes.js').Routes, onClose: () => void }} props
 */
export function ImportDialog({ change, routes, onClose }) {
  const [text, setText] = useState('');
  const [merge, setMerge] = useState(false);
  const [found, setFound] = useState(/** @type {Imported | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const set = (/** @type {string} */ next) => {
    setText(next);
    setFound(null);
    setProblem(null);
  };
  const onFile = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    if (file !== undefined) set(await file.text());
  };
  const look = (/** @type {Event} */ event) => {
    event.preventDefault();
    request('rules.import', { text, merge, dryRun: true }).then(setFound, (/** @type {Error} */ thrown) =>
      setProblem(thrown.message),
    );
  };
  const take = async () => {
    const refused = await change('rules.import', { text, merge });
    if (refused === null) onClose();
    else setProblem(refused);
  };
  return html`<${Dialog} title="Import rules" wide onClose=${onClose}>
    <form class="stack" onSubmit=${look}>
      <${Field} id="rules-file" label="A file that was exported" problem=${problem}>
        <input id="rules-file" type="file" accept=".json,application/json" onChange=${onFile} />
      <//>
      <${Field} id="rules-text" label="or its text">
        <textarea
          id="rules-text"
          class="mono"
          rows="8"
          spellcheck="false"
          value=${text}
          onInput=${(/** @type {any} */ event) => set(event.target.value)}
        ></textarea>
      <//>
      <label class="check"
        ><input
          type="checkbox"
          checked=${merge}
          onChange=${(/** @type {any} */ event) => {
            setMerge(event.target.checked);
            setFound(null);
          }}
        />
        Keep your other rules</label
      >
      ${found === null ? null : html`<${Differences} change=${found} routes=${routes} />`}
      <div class="actions is-end">
        <${Button} kind="quiet" onClick=${onClose}>Leave it<//>
        ${
          found === null || found.differences.length === 0
            ? html`<${Button} type="submit" kind="primary" disabled=${text.trim() === ''}
                >Show the difference<//
              >`
            : html`<${Button} kind="primary" onClick=${() => void take()}>Take them<//>`
        }
      </div>
    </form>
  <//>`;
}

/** @type {Record<string, { glyph: string, tone: string }>} */
const signs = {
  added: { glyph: '+', tone: 'green' },
  removed: { glyph: '−', tone: 'pink' },
  moved: { glyph: '↕', tone: 'cyan' },
  changed: { glyph: '~', tone: 'yellow' },
};

/** What a change would make of the rules. @param {{ change: Imported, routes: import('./routes.js').Routes }} props */
function Differences({ change: { differences, effect }, routes }) {
  if (differences.length === 0)
    return html`<p class="soft" role="status">Nothing changes: the rules are like that already.</p>`;
  return html`<div role="status">
    <ul class="rule-differences">
      ${differences.map(
        (one) =>
          html`<li key=${`${one.kind} ${one.name}`}>
            <span class=${`state is-${signs[one.kind]?.tone ?? 'soft'}`}
              ><span class="glyph" aria-hidden="true">${signs[one.kind]?.glyph}</span>${one.kind}</span
            >
            <span class="mono">${one.name}</span>
            <span class="soft small">${inWords(one)}</span>
          </li>`,
      )}
    </ul>
    ${effect === null ? null : html`<${EffectView} effect=${effect} routes=${routes} />`}
  </div>`;
}

/** @param {Imported['differences'][number]} one */
function inWords(one) {
  if (one.kind === 'moved') return `from place ${one.from} to ${one.place}`;
  if (one.kind === 'changed') return one.fields.map(({ field }) => field).join(', ');
  return `place ${one.place}`;
}
