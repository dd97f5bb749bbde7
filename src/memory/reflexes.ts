import { argumentOf } from '../lib/reflexes/command.ts';
import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import { trustOf } from '../lib/wire/trust.ts';
import { noteOf } from './note-of.ts';
import type { Recall } from './recall/recall.ts';

/** Needs of the reflexes of memory. */
export interface MemoryReflexDeps {
  recall: Recall;
}

const recallLimit = 5;
const recallBudgetTokens = 1_000;
const recallMs = 10_000;

/** Reflexes of memory: what is to be kept, and what is remembered. */
export const memoryReflexes: readonly ReflexDeclaration<MemoryReflexDeps>[] = [
  {
    name: 'note',
    says: 'is remembered',
    rules: [
      { name: 'remember', category: 'remember', ownerOnly: true },
      { name: 'note', category: 'note' },
    ],
    create:
      () =>
      ({ event }) => ({ note: noteOf(event) }),
  },
  {
    name: 'remember',
    command: { usage: '/remember TEXT', does: 'keeps TEXT' },
    create: () => remember,
  },
  {
    name: 'recall',
    command: { usage: '/recall TEXT', does: 'what is remembered about TEXT' },
    create: createRecallReflex,
  },
];

const remember: Reflex = ({ event }) => {
  const content = argumentOf(event.text);
  if (content === '') return { reply: 'What should I remember? Write /remember and the text.' };
  return {
    reply: 'I will remember that.',
    note: { content, kind: 'fact', trust: trustOf(event.source) },
  };
};

function createRecallReflex({ recall }: MemoryReflexDeps): Reflex {
  return async ({ event }) => {
    const text = argumentOf(event.text);
    if (text === '') return { reply: 'What should I recall? Write /recall and some words.' };
    const { memories, degraded } = await recall({
      text,
      limit: recallLimit,
      budgetTokens: recallBudgetTokens,
      signal: AbortSignal.timeout(recallMs),
    });
    const lines = memories.map(({ kind, source, content }) => `- (${kind}, ${source}) ${content}`);
    return {
      reply: [
        ...(lines.length === 0 ? ['I remember nothing about that.'] : lines),
        ...(degraded === null ? [] : [`(${degraded})`]),
      ].join('\n'),
    };
  };
}
