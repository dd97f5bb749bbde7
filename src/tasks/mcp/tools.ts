import { z } from 'zod';
import type { Trust } from '../../lib/wire/trust.ts';
import type { ToolDefinition } from './json-rpc.ts';

/** Postgres cannot store NUL. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/, 'expected a text without NUL');

/** What an agent may do through ninjad, by name, with the input of each. */
export const agentTools = {
  remember: {
    title: 'Remember',
    description:
      'Keep one fact, preference or note for later tasks. Write it so that it is understood alone. Not for secrets.',
    input: {
      text: text(8_000).describe('what to remember, in one or a few sentences'),
      kind: z.enum(['note', 'fact', 'preference']).default('fact'),
    },
  },
  recall: {
    title: 'Recall',
    description: 'Search what ninjad remembers: notes, facts, and earlier tasks with their answers.',
    input: {
      text: text(2_000).describe('what it is about, in words that would occur in it'),
      limit: z.int().min(1).max(20).default(8),
    },
  },
  queue_task: {
    title: 'Queue a task',
    description:
      'Queue work to be done in a task of its own, later, with nothing of this conversation: say everything it needs.',
    input: {
      text: text(32_000).describe('what is to be done, with all that has to be known for it'),
      priority: z.enum(['HIGH', 'NORMAL', 'LOW', 'IDLE']).default('NORMAL'),
    },
  },
  make_wish: {
    title: 'Make a wish',
    description: 'Propose an improvement of ninjad itself. The owner decides about it.',
    input: {
      title: text(120).describe('what should be different, in one line'),
      description: text(8_000).describe('why, and how one would know that it works'),
    },
  },
  notify_owner: {
    title: 'Notify the owner',
    description: 'Tell the owner something now. Only for what cannot wait for the end of the task.',
    input: { text: text(2_000).describe('one or a few sentences') },
  },
} as const;

/** The name of a tool. */
export type AgentTool = keyof typeof agentTools;

/** What a tool is called with, defaults filled in. */
export type AgentToolInput<Tool extends AgentTool> = z.output<
  z.ZodObject<(typeof agentTools)[Tool]['input']>
>;

/** The names of all tools. */
export const agentToolNames = Object.keys(agentTools) as readonly AgentTool[];

/** The tools of a task: one that anybody could have caused starts nothing and proposes nothing. */
export function toolsFor(trust: Trust): readonly AgentTool[] {
  return trust === 'untrusted' ? ['remember', 'recall', 'notify_owner'] : agentToolNames;
}

const definitions = new Map<AgentTool, ToolDefinition>();

/** These tools as the protocol shows them to a model. */
export function definitionsOf(tools: readonly AgentTool[]): ToolDefinition[] {
  return tools.map((name) => {
    const known = definitions.get(name) ?? definitionOf(name);
    definitions.set(name, known);
    return known;
  });
}

function definitionOf(name: AgentTool): ToolDefinition {
  const { title, description, input } = agentTools[name];
  return { name, title, description, inputSchema: z.toJSONSchema(z.object(input), { io: 'input' }) };
}
