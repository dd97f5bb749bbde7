/** Kinds of memories; a longer text's pieces are of the kind of the whole. */
export const memoryKinds = [
  'note',
  'fact',
  'preference',
  'event',
  'summary',
  'task_result',
  'document',
] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** Origin of a memory: the one who had it kept. */
export type MemoryOrigin = 'event' | 'owner' | 'agent' | 'extraction' | 'task' | 'compaction' | 'import';
