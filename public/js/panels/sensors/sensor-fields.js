/** @typedef {import('../../../../src/operations.ts').Answers['sensors.kinds'][number]} Kind */
/** @typedef {Kind['fields'][number]} KindField */

/** The name of a setting in words, such as `Warn percent`. @param {Pick<KindField, 'name'>} field */
export function fieldLabel({ name }) {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** The name of a sensor: its kind, with a word that tells it from others of that kind. @param {string} kind @param {string} word */
export function nameOf(kind, word) {
  const own = word.trim().replace(/\s+/g, '-');
  return own === '' || own === kind ? kind : own.startsWith(`${kind}:`) ? own : `${kind}:${own}`;
}

/**
 * What was filled in, as the daemon takes it, which checks it; what was left empty is not said.
 * @param {readonly KindField[]} fields @param {Readonly<Record<string, string>>} texts
 * @returns {Record<string, unknown>}
 */
export function givenOf(fields, texts) {
  const filled = fields.flatMap((field) => {
    const text = (texts[field.name] ?? '').trim();
    return text === '' ? [] : [[field.name, valueOf(field, text)]];
  });
  return Object.fromEntries(filled);
}

/** @param {KindField} field @param {string} text */
function valueOf({ type, isNumeric }, text) {
  switch (type) {
    case 'number':
      return numberOf(text);
    case 'flag':
      return text === 'yes';
    case 'list': {
      const parts = text
        .split(isNumeric ? /[\n,]/ : '\n')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      return isNumeric ? parts.map(numberOf) : parts;
    }
    default:
      return text;
  }
}

/** A number, or the text where it is none: the daemon says then what it expected. @param {string} text */
function numberOf(text) {
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? value : text;
}
