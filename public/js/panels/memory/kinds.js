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
