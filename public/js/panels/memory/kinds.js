/**
 * What a memory may be.
 * @type {readonly import('../../../../src/memory/kinds.ts').MemoryKind[]}
 */
export const memoryKinds = ['note', 'fact', 'preference', 'event', 'summary', 'task_result', 'document'];

/** What the owner says himself is one of these. */
export const ownKinds = /** @type {const} */ (['note', 'fact', 'preference']);

/** @param {string} kind */
export function kindWord(kind) {
  return kind.replace('_', ' ');
}

/**
 * A model as a person reads it, without its organisation and the digest of its weights.
 * @param {string} model `<organisation>/<name>@<digest>`
 */
export function modelWord(model) {
  const name = model.replace(/@.*$/, '');
  return name.startsWith('built-in/')
    ? `${name.slice('built-in/'.length)} (built in)`
    : name.replace(/^.*\//, '');
}
