import { html } from '../view.js';
import { Field } from './basics.js';

/**
 * The controls of a form whose fields are one object: each shows its field, and hands over what it was changed to.
 * @template {Record<string, any>} Fields
 * @param {string} prefix of the ids
 * @param {Fields} fields
 * @param {(change: Partial<Fields>) => void} set
 */
export function formLines(prefix, fields, set) {
  const change = (/** @type {keyof Fields & string} */ name, /** @type {string} */ value) =>
    set(/** @type {Partial<Fields>} */ ({ [name]: value }));
  return {
    /**
     * A text on one line. `verbatim`: no browser completes or corrects it.
     * @param {keyof Fields & string} name
     * @param {string} label
     * @param {{ hint?: string, max?: number, mono?: boolean, verbatim?: boolean }} [options]
     */
    line(name, label, { hint, max, mono = false, verbatim = false } = {}) {
      const id = `${prefix}-${name}`;
      return html`<${Field} id=${id} label=${label} hint=${hint}
        ><input
          id=${id}
          type="text"
          class=${mono ? 'mono' : undefined}
          maxlength=${max}
          value=${fields[name]}
          autocomplete=${verbatim ? 'off' : undefined}
          spellcheck=${verbatim ? 'false' : undefined}
          aria-describedby=${hint === undefined ? undefined : `${id}-hint`}
          onInput=${(/** @type {any} */ event) => change(name, event.target.value)}
      /><//>`;
    },
    /**
     * One of several values, each with its words.
     * @param {keyof Fields & string} name
     * @param {string} label
     * @param {Readonly<Record<string, string>>} options
     * @param {string} [hint]
     */
    choice(name, label, options, hint) {
      const id = `${prefix}-${name}`;
      return html`<${Field} id=${id} label=${label} hint=${hint}
        ><select
          id=${id}
          value=${fields[name]}
          aria-describedby=${hint === undefined ? undefined : `${id}-hint`}
          onChange=${(/** @type {any} */ event) => change(name, event.target.value)}
        >
          ${Object.entries(options).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}
        </select><//
      >`;
    },
  };
}
