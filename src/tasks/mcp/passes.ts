import { randomBytes } from 'node:crypto';
import { NotFoundError } from '../../lib/errors.ts';
import type { Standing } from '../../lib/wire/standing.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import type { AgentTool } from './tools.ts';

/** On whose behalf an agent calls, and what it may call. */
export interface AgentPass {
  task: Pick<ClaimedTask, 'id' | 'eventId' | 'source' | 'replyTo'>;
  standing: Standing;
  tools: readonly AgentTool[];
}

/** Who may call the agent tools: a run gets a token, its MCP server exchanges that once for a session of its own. */
export interface AgentPasses {
  /** A token for a run of this task; what an earlier run of it had is void. */
  issue(pass: AgentPass): string;
  /** Exchanges a token, which is void from then on. Throws a `NotFoundError` for one that is not good. */
  open(token: string): { session: string; pass: AgentPass };
  /** The pass of a session. Throws a `NotFoundError` for one that is not (any more) good. */
  passOf(session: string): AgentPass;
  /** Counts one more call of a tool in the name of that run; returns how many there were before. */
  countCall(session: string, tool: AgentTool): number;
  /** The task does not run any more. */
  revoke(taskId: number): void;
}

const secretBytes = 32;

/** See `AgentPasses`. */
export function createAgentPasses(): AgentPasses {
  const tokens = new Map<string, AgentPass>();
  const sessions = new Map<string, AgentPass>();
  const calls = new WeakMap<AgentPass, Map<AgentTool, number>>();
  const passOf = (session: string): AgentPass => {
    const pass = sessions.get(session);
    if (pass === undefined) throw new NotFoundError('the session is not good: its task has ended');
    return pass;
  };
  const revoke = (taskId: number): void => {
    for (const secrets of [tokens, sessions]) {
      for (const [secret, { task }] of secrets) if (task.id === taskId) secrets.delete(secret);
    }
  };
  return {
    issue(pass) {
      revoke(pass.task.id);
      return keep(tokens, pass);
    },
    open(token) {
      const pass = tokens.get(token);
      if (pass === undefined)
        throw new NotFoundError('the token is not good: it was used, or its task has ended');
      tokens.delete(token);
      return { session: keep(sessions, pass), pass };
    },
    passOf,
    countCall(session, tool) {
      const pass = passOf(session);
      const counts = calls.get(pass) ?? new Map<AgentTool, number>();
      const before = counts.get(tool) ?? 0;
      calls.set(pass, counts.set(tool, before + 1));
      return before;
    },
    revoke,
  };
}

function keep(secrets: Map<string, AgentPass>, pass: AgentPass): string {
  const secret = randomBytes(secretBytes).toString('base64url');
  secrets.set(secret, pass);
  return secret;
}
