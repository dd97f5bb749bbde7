/**
 * @typedef {{ kind: 'choice', options: readonly string[], nullable: boolean }
 *   | { kind: 'flag' | 'number' | 'text' | 'list' | 'json', nullable: boolean }} Editor
 * `list`: texts, one a line
 */

/**
 * Which control fits a setting, from the JSON Schema of its value.
 * @param {unknown} schema
 * @returns {Editor}
 */
export function editorOf(schema) {
  const {
    anyOf,
    type,
    items,
    enum: options,
  } = /** @type {{ anyOf?: any[], type?: unknown, items?: any, enum?: unknown }} */ (schema ?? {});
  if (Array.isArray(anyOf)) {
    const others = anyOf.filter((each) => each?.type !== 'null');
    if (others.length === 1 && others.length < anyOf.length)
      return { ...editorOf(others[0]), nullable: true };
    return { kind: 'json', nullable: false };
  }
  if (Array.isArray(options) && options.every((option) => typeof option === 'string'))
    return { kind: 'choice', options, nullable: false };
  if (type === 'boolean') return { kind: 'flag', nullable: false };
  if (type === 'integer' || type === 'number') return { kind: 'number', nullable: false };
  if (type === 'string') return { kind: 'text', nullable: false };
  if (type === 'array' && items?.type === 'string') return { kind: 'list', nullable: false };
  return { kind: 'json', nullable: false };
}

/**
 * A value as its editor shows it.
 * @param {unknown} value @param {Editor} editor
 */
export function written(value, editor) {
  if (editor.kind === 'json') return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.join('\n');
  return value === null || value === undefined ? '' : String(value);
}

/**
 * What was written as a value; the daemon checks it against the schema.
 * @param {string} text @param {Editor} editor
 * @returns {{ ok: true, value: unknown } | { ok: false }}
 */
export function parsed(text, editor) {
  const plain = text.trim();
  if (plain === '' && editor.nullable) return { ok: true, value: null };
  switch (editor.kind) {
    case 'number': {
      const value = plain === '' ? Number.NaN : Number(plain);
      return Number.isFinite(value) ? { ok: true, value } : { ok: false };
    }
    case 'flag':
      return { ok: true, value: plain === 'true' };
    case 'list':
      return {
        ok: true,
        value: plain.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
      };
    case 'json':
      try {
        return { ok: true, value: JSON.parse(plain) };
      } catch {
        return { ok: false };
      }
    default:
      return { ok: true, value: text };
  }
}
