import { randomBytes } from 'node:crypto';
import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import type { Standing } from '../../lib/wire/standing.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import type { AgentTool } from './tools.ts';

/** On whose behalf an agent calls, and what it may call. */
export interface AgentPass {
  task: Pick<ClaimedTask, 'id' | 'eventId' | 'source' | 'replyTo'>;
  standing: Standing;
  tools: readonly AgentTool[];
}

/** A pass as its token shows it, which may wait for its task. */
export type OpenedPass = Omit<AgentPass, 'task'> & Partial<Pick<AgentPass, 'task'>>;

/** A pass that waits for its task: its server learns which tools there will be, and can call none. */
export interface HeldPass {
  token: string;
  /** From now on it is good, for this task; what an earlier run of that had is void. */
  bind(task: AgentPass['task']): void;
  /** It is void, and so is the session that it was exchanged for. */
  revoke(): void;
}

/** Who may call the agent tools: a run gets a token, its MCP server exchanges that once for a session of its own. */
export interface AgentPasses {
  /** A token for a run of this task; what an earlier run of it had is void. */
  issue(pass: AgentPass): string;
  /** A token for an agent that is started ahead. */
  hold(pass: Omit<AgentPass, 'task'>): HeldPass;
  /** Exchanges a token, which is void from then on. Throws a `NotFoundError` for one that is not good. */
  open(token: string): { session: string; pass: OpenedPass };
  /**
   * The session of a token that is shown with each request: the first one opens it, and it lasts as long as the task. Throws
   * a `NotFoundError` for one that is not good, or was exchanged.
   */
  join(token: string): { session: string; pass: OpenedPass };
  /**
   * The pass of a session. Throws a `NotFoundError` for one that is not (any more) good, and a `ConflictError` for one that
   * waits for its task.
   */
  passOf(session: string): AgentPass;
  /** Counts one more call of a tool in the name of that run; returns how many there were before. */
  countCall(session: string, tool: AgentTool): number;
  /** The task does not run any more. True where it had a token that nobody has ever shown. */
  revoke(taskId: number): boolean;
}

const secretBytes = 32;

/** See `AgentPasses`. */
export function createAgentPasses(): AgentPasses {
  const tokens = new Map<string, OpenedPass>();
  const sessions = new Map<string, OpenedPass>();
  const joined = new Map<string, string>();
  const calls = new WeakMap<AgentPass, Map<AgentTool, number>>();
  const passOf = (session: string): AgentPass => {
    const pass = sessions.get(session);
    if (pass === undefined) throw new NotFoundError('the session is not good: its task has ended');
    if (isBound(pass)) return pass;
    throw new ConflictError('the session is not good yet: no task has claimed its agent');
  };
  const drop = (isVoid: (pass: OpenedPass) => boolean): void => {
    for (const secrets of [tokens, sessions]) {
      for (const [secret, pass] of secrets) if (isVoid(pass)) secrets.delete(secret);
    }
    for (const [token, session] of joined) if (!sessions.has(session)) joined.delete(token);
  };
  const open = (token: string): { session: string; pass: OpenedPass } => {
    const pass = tokens.get(token);
    if (pass === undefined)
      throw new NotFoundError('the token is not good: it was used, or its task has ended');
    tokens.delete(token);
    return { session: keep(sessions, pass), pass };
  };
  const revoke = (taskId: number): boolean => {
    const isUnused = [...tokens.values()].some(({ task }) => task?.id === taskId);
    drop(({ task }) => task?.id === taskId);
    return isUnused;
  };
  return {
    issue(pass) {
      revoke(pass.task.id);
      return keep(tokens, pass);
    },
    hold(terms) {
      const pass: OpenedPass = { ...terms };
      return {
        token: keep(tokens, pass),
        bind(task) {
          revoke(task.id);
          pass.task = task;
        },
        revoke: () => drop((known) => known === pass),
      };
    },
    open,
    join(token) {
      const session = joined.get(token);
      const pass = session === undefined ? undefined : sessions.get(session);
      if (session !== undefined && pass !== undefined) return { session, pass };
      const opened = open(token);
      joined.set(token, opened.session);
      return opened;
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

function isBound(pass: OpenedPass): pass is AgentPass {
  return pass.task !== undefined;
}

function keep(secrets: Map<string, OpenedPass>, pass: OpenedPass): string {
  const secret = randomBytes(secretBytes).toString('base64url');
  secrets.set(secret, pass);
  return secret;
}
