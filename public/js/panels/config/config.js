import { Button, Empty, Loading, Problem, Tag } from '../../components/basics.js';
import { withCode } from '../../components/with-code.js';
import { SearchField } from '../../components/search-field.js';
import { toast } from '../../components/toasts.js';
import { act } from '../../link/act.js';
import { signOut } from '../../link/session-key.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { useDraft } from '../../state/use-draft.js';
import { html, useState } from '../../view.js';
import { DiscordConnection } from './discord.js';
import { editorOf, parsed, written } from './editor.js';
import { Restart } from './restart.js';

/** @typedef {import('../../../../src/operations.ts').Answers['config.get']} SettingField */

/** Every setting there is, with an editor made from its schema where it may change while the daemon runs. */
export function ConfigPanel() {
  const { text = '', restart } = useStore(place, (state) => state.query);
  const { data, error, reload, update } = useResource('config.list', {});
  useNews('settings', reload);
  const wanted = text.toLowerCase();
  const shown = (data ?? []).filter(({ key, description }) =>
    `${key} ${description}`.toLowerCase().includes(wanted),
  );
  const replace = (/** @type {SettingField} */ field) =>
    update((fields) => fields.map((each) => (each.key === field.key ? field : each)));
  return html`<div class="panel">
    <div class="panel-head">
      <h1>Config</h1>
      <div class="end">
        <${SearchField}
          label="Search settings"
          value=${text}
          onSearch=${(/** @type {string} */ next) => replaceAddress('config', [], { text: next })}
          placeholder="Search settings"
        /><${Button} kind="quiet" onClick=${() => replaceAddress('config', [], { text, restart: 'yes' })}
          >Restart<//
        ><${Button} kind="quiet" onClick=${() => void leave()}>Sign out<//>
      </div>
    </div>
    <${DiscordConnection} />
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${8} what="Asking for the settings" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : shown.length === 0
          ? html`<${Empty} title="No setting is called so"
              >Search for another word, or look through README’s table of settings.<//
            >`
          : html`<${Groups} groups=${groupsOf(shown)} onChanged=${replace} />`
    }
    ${restart === undefined ? null : html`<${Restart} onClose=${() => replaceAddress('config', [], { text })} />`}
  </div>`;
}

/**
 * The settings by subject; where there is room, with the subjects beside them.
 * @param {{ groups: [string, SettingField[]][], onChanged: (field: SettingField) => void }} props
 */
function Groups({ groups, onChanged }) {
  const show = (/** @type {string} */ name) =>
    document.getElementById(`group-${name}`)?.scrollIntoView({ block: 'start' });
  return html`<div class="settings-body">
    <nav class="settings-index" aria-label="Subjects">
      <ul>
        ${groups.map(
          ([name, fields]) =>
            html`<li key=${name}>
              <button type="button" class="settings-subject" onClick=${() => show(name)}>
                ${name} <span class="soft small">${fields.length}</span>
              </button>
            </li>`,
        )}
      </ul>
    </nav>
    <div>
      ${groups.map(
        ([name, fields]) =>
          html`<section key=${name} class="settings" aria-labelledby=${`group-${name}`}>
            <h2 id=${`group-${name}`}>${name}</h2>
            <ul>
              ${fields.map((field) => html`<${Setting} key=${field.key} field=${field} onChanged=${onChanged} />`)}
            </ul>
          </section>`,
      )}
    </div>
  </div>`;
}

async function leave() {
  if (!(await signOut())) toast('The daemon could not be told: you are still signed in.', { tone: 'pink' });
}

/** Settings of one subject under its name, in the order of their first. @param {readonly SettingField[]} fields */
function groupsOf(fields) {
  /** @type {Map<string, SettingField[]>} */
  const groups = new Map();
  for (const field of fields) {
    const name = field.key.includes('.') ? field.key.slice(0, field.key.indexOf('.')) : 'general';
    groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  return [...groups];
}

const origins = {
  default: 'default',
  file: 'from config.json',
  table: 'set here',
  environment: 'from the environment',
};

/** @param {{ field: SettingField, onChanged: (field: SettingField) => void }} props */
function Setting({ field, onChanged }) {
  const editor = editorOf(field.schema);
  const [text, setText] = useDraft(written(field.value, editor));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const isChanged = text !== written(field.value, editor);
  const id = `setting-${field.key}`;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const value = parsed(text, editor);
    setProblem(value.ok ? null : `Expected ${field.expects}.`);
    if (!value.ok) return;
    const answer = await act(
      'config.set',
      { key: field.key, value: value.value },
      { says: `${field.key} is changed.` },
    );
    if (answer !== undefined) onChanged(answer);
  };
  const unset = async () => {
    const answer = await act(
      'config.unset',
      { key: field.key },
      { says: `${field.key} is what it was before.` },
    );
    if (answer !== undefined) onChanged(answer);
  };
  return html`<li class="setting">
    <div>
      <div class="setting-name">
        <label for=${id}><code>${field.key}</code></label
        >${field.origin === 'default' ? html`<span class="soft small">default</span>` : html`<${Tag} tone="cyan">${origins[field.origin]}<//>`}
      </div>
      <p class="soft prose">${withCode(field.description)}</p>
      ${field.env === null ? null : html`<p class="soft small mono">${field.env}</p>`}
    </div>
    ${
      field.hot
        ? html`<form class="setting-edit" onSubmit=${save}>
            <${Control}
              id=${id}
              editor=${editor}
              text=${text}
              onText=${(/** @type {string} */ next) => {
                setText(next);
                setProblem(null);
              }}
            />
            ${problem === null ? null : html`<p class="problem-line" role="alert">${problem}</p>`}
            <div class="actions">
              ${
                isChanged
                  ? html`<${Button} type="submit" kind="primary">Save<//
                      ><${Button}
                        kind="quiet"
                        onClick=${() => {
                          setText(written(field.value, editor));
                          setProblem(null);
                        }}
                        >Leave it<//
                      >`
                  : field.origin === 'table'
                    ? html`<${Button} kind="quiet" onClick=${() => void unset()}>Take it back<//>`
                    : null
              }
            </div>
          </form>`
        : html`<div class="setting-edit">
            <output id=${id} class="mono">${plainly(field.value, editor)}</output>
            <p class="soft small">Stands in config.json, and holds from a restart on.</p>
          </div>`
    }
  </li>`;
}

/** A value that is only shown. @param {unknown} value @param {import('./editor.js').Editor} editor */
function plainly(value, editor) {
  if (value === null || value === undefined) return html`<span class="soft">not set</span>`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && Object.keys(value).length === 0)
    return html`<span class="soft">none</span>`;
  return typeof value === 'object' && editor.kind === 'json' ? JSON.stringify(value) : written(value, editor);
}

/** @param {{ id: string, editor: import('./editor.js').Editor, text: string, onText: (text: string) => void }} props */
function Control({ id, editor, text, onText }) {
  const onInput = (/** @type {any} */ event) => onText(event.target.value);
  switch (editor.kind) {
    case 'choice':
      return html`<select id=${id} value=${text} onChange=${onInput}>
        ${editor.options.map((option) => html`<option key=${option} value=${option}>${option}</option>`)}
      </select>`;
    case 'flag':
      return html`<select id=${id} value=${text} onChange=${onInput}>
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>`;
    case 'number':
      return html`<input
        id=${id}
        type="text"
        inputmode="decimal"
        class="mono"
        placeholder=${editor.nullable ? 'not set' : ''}
        value=${text}
        onInput=${onInput}
      />`;
    case 'text':
      return html`<input
        id=${id}
        type="text"
        class="mono"
        placeholder=${editor.nullable ? 'not set' : ''}
        value=${text}
        onInput=${onInput}
      />`;
    default:
      return html`<textarea
        id=${id}
        class="mono"
        placeholder=${editor.kind === 'list' ? 'One a line' : ''}
        rows=${Math.min(12, text.split('\n').length)}
        spellcheck="false"
        value=${text}
        onInput=${onInput}
      ></textarea>`;
  }
}
