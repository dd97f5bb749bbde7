import { z } from 'zod';
import { ownValue } from '../../lib/own-value.ts';
import type { AgentKind } from './agent-kind.ts';
import { entryKind } from './entry-kind.ts';
import { cliKinds } from './kinds.ts';

/** The adapter of a kind as a task's row names it; undefined where there is none of that name (any more). */
export function knownKind(name: string): Pick<AgentKind, 'title' | 'rules'> | undefined {
  if (name === 'command' || name === 'offline') return entryKind(name);
  return ownValue(cliKinds, name);
}

/** The agent that runs a task, as its row has noted it; undefined where none does yet, or nobody knows it. */
export function agentOf({ agent }: { agent: unknown }): ReturnType<typeof knownKind> {
  const found = noted.safeParse(agent);
  return found.success ? knownKind(found.data.kind) : undefined;
}

const noted = z.object({ kind: z.string() });

/** What an agent of this kind does for those who wait for it; undefined where nobody knows. */
export function agentWays(name: string): Pick<AgentKind['rules'], 'hears' | 'tellsCost'> | undefined {
  return knownKind(name)?.rules;
}
