import { Button, Field, Loading, Problem } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { html, useState } from '../../view.js';
import { fieldLabel, givenOf, nameOf } from './sensor-fields.js';
import { TrialResult } from './trial.js';

/** @typedef {import('./sensor-fields.js').Kind} Kind */
/** @typedef {import('./sensor-fields.js').KindField} KindField */
/** @typedef {import('../../../../src/operations.ts').Answers['sensor.try']} Trial */

/**
 * A new sensor of a kind that ships: what it watches and how often, with a trial before it is switched on.
 * @param {{ begin: string, onClose: () => void, onSaved: (name: string) => void }} props `begin`: the kind that is chosen at first
 */
export function SensorForm({ begin, onClose, onSaved }) {
  const { data, error } = useResource('sensors.kinds', {});
  return html`<${Dialog} title="Watch something" wide onClose=${onClose}>
    ${data === null ? (error === null ? html`<${Loading} rows=${4} />` : html`<${Problem} problem=${error} />`) : html`<${Form} kinds=${data} begin=${begin} onClose=${onClose} onSaved=${onSaved} />`}
  <//>`;
}

/** @param {{ kinds: readonly Kind[], begin: string, onClose: () => void, onSaved: (name: string) => void }} props */
function Form({ kinds, begin, onClose, onSaved }) {
  const [chosen, setChosen] = useState(begin === '' ? (kinds[0]?.kind ?? '') : begin);
  const [name, setName] = useState('');
  const [every, setEvery] = useState('');
  const [texts, setTexts] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState(/** @type {Trial | null} */ (null));
  const kind = kinds.find((each) => each.kind === chosen);
  if (kind === undefined) return html`<p class="soft">There is no such kind of sensor.</p>`;
  const set = (/** @type {string} */ field, /** @type {string} */ text) => {
    setTexts((now) => ({ ...now, [field]: text }));
    setTrial(null);
  };
  const required = kind.fields.filter(({ isRequired }) => isRequired);
  const others = kind.fields.filter(({ isRequired }) => !isRequired);
  const isReady = required.every((field) => (texts[field.name] ?? '').trim() !== '');
  const given = () => ({
    ...givenOf(kind.fields, texts),
    ...(every.trim() !== '' && { every: every.trim() }),
  });
  const tryIt = async () => {
    setBusy(true);
    setTrial((await act('sensor.try', { name: nameOf(kind.kind, name), fields: given() })) ?? null);
    setBusy(false);
  };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const full = nameOf(kind.kind, name);
    const answer = await act('sensor.enable', { name: full, fields: given() }, { says: `${full} is on.` });
    if (answer === undefined) return;
    onSaved(full);
    onClose();
  };
  const control = (/** @type {KindField} */ field) =>
    html`<${Control}
      key=${field.name}
      field=${field}
      text=${texts[field.name] ?? ''}
      onText=${(/** @type {string} */ text) => set(field.name, text)}
    />`;
  return html`<form class="stack" onSubmit=${save}>
    <${Field} id="sensor-kind" label="What is watched">
      <select
        id="sensor-kind"
        value=${chosen}
        onChange=${(/** @type {any} */ event) => {
          setChosen(event.target.value);
          setTexts({});
          setTrial(null);
        }}
      >
        ${kinds.map((each) => html`<option key=${each.kind} value=${each.kind}>${each.kind}: ${each.says}</option>`)}
      </select>
    <//>
    ${required.map(control)}
    <div class="form-pair">
      <${Field}
        id="sensor-name"
        label="Its name"
        hint=${`Empty: ${chosen}. A word tells several of one kind apart.`}
      >
        <input
          id="sensor-name"
          type="text"
          autocomplete="off"
          spellcheck="false"
          maxlength="40"
          placeholder=${chosen}
          value=${name}
          onInput=${(/** @type {any} */ event) => setName(event.target.value)}
        />
      <//>
      <${Field} id="sensor-every" label="How often" hint="30s, 5m, 6h">
        <input
          id="sensor-every"
          type="text"
          autocomplete="off"
          spellcheck="false"
          placeholder=${kind.every}
          value=${every}
          onInput=${(/** @type {any} */ event) => setEvery(event.target.value)}
        />
      <//>
    </div>
    ${
      others.length === 0
        ? null
        : html`<details>
            <summary>Limits and the rest</summary>
            <div class="form-pair sensor-others">${others.map(control)}</div>
          </details>`
    }
    ${trial === null ? null : html`<${TrialResult} trial=${trial} />`}
    <div class="actions is-end">
      <${Button} kind="quiet" onClick=${onClose}>Leave it<//>
      <${Button} busy=${busy} disabled=${busy || !isReady} onClick=${() => void tryIt()}>Try it<//>
      <${Button} type="submit" kind="primary" disabled=${!isReady}>Switch it on<//>
    </div>
  </form>`;
}

/** @param {{ field: KindField, text: string, onText: (text: string) => void }} props */
function Control({ field, text, onText }) {
  const { name, type, options, usual, says } = field;
  const id = `sensor-field-${name}`;
  const onInput = (/** @type {any} */ event) => onText(event.target.value);
  return html`<${Field} id=${id} label=${fieldLabel(field)} ...${says === null ? {} : { hint: says }}>
    ${
      type === 'choice' || type === 'flag'
        ? html`<select id=${id} value=${text} onChange=${onInput}>
            <option value="">${usual ?? 'as usual'}</option>
            ${(type === 'flag' ? ['yes', 'no'] : options).filter((option) => option !== usual).map((option) => html`<option key=${option} value=${option}>${option}</option>`)}
          </select>`
        : type === 'list'
          ? html`<textarea
              id=${id}
              class="mono"
              rows="2"
              spellcheck="false"
              placeholder=${usual ?? 'One a line'}
              value=${text}
              onInput=${onInput}
            ></textarea>`
          : html`<input
              id=${id}
              type="text"
              inputmode=${type === 'number' ? 'decimal' : undefined}
              autocomplete="off"
              spellcheck="false"
              placeholder=${usual ?? ''}
              value=${text}
              onInput=${onInput}
            />`
    }
  <//>`;
}
