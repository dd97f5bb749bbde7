import { randomUUID } from 'node:crypto';
import type { EventFacts } from '../../events/facts.ts';
import type { EventWriter } from '../../events/event-writer.ts';
import { eventOf } from '../../goals/rows/event-end.ts';
import { progressOn, watchEvent } from '../../goals/run/watch-event.ts';
import type { Bus } from '../../lib/bus.ts';
import { ConflictError } from '../../lib/errors.ts';
import type { Caller } from '../../lib/operations/operation.ts';
import type { Store } from '../../lib/store/store.ts';
import { SECOND } from '../../lib/time.ts';
import { type AgentName, agentNamed } from '../../lib/wire/agent-names.ts';
import { eventKey } from '../../lib/wire/event-key.ts';
import type { TaskFacts } from '../facts.ts';
import { type AgentTry, findAgentTry } from '../rows/agent-try.ts';
import { type AgentDirectory, isThere } from './directory.ts';
import { titleOf } from './kinds.ts';

export interface TryNeeds {
  store: Store;
  agents: AgentDirectory;
  writer: Pick<EventWriter, 'putAccepted'>;
  bus: Pick<Bus<EventFacts & TaskFacts>, 'on'>;
}

const question = 'Answer with the one word "ready" and do nothing else.';
/** A request may hang for so long before it is answered with what there is. */
const longestWaitMs = 20 * SECOND;
const lookMs = 5 * SECOND;

/** Asks an agent for one word, as a task like any other; resolves to the key by which it is found. Rejects where it is not there. */
export async function tryAgent(
  { agents, writer }: TryNeeds,
  name: AgentName,
  { by }: Caller,
): Promise<{ key: string }> {
  const found = await agents.of(name).resolve();
  if (!isThere(found)) throw new ConflictError(`${name} cannot be asked: ${found.reason}`);
  const source = by === 'cli' ? 'cli' : 'dashboard';
  const dedupKey = `try-${name}-${randomUUID()}`;
  const payload = { text: question, dedupKey, agent: name };
  await writer.putAccepted({ priority: 'HUMAN', source, category: 'ask', payload }, dedupKey);
  return { key: eventKey(source, dedupKey) };
}

/** What has come of it, once it has ended or a wait of 20 s is over. An answer by whoever stood in is none. */
export async function triedAgent(
  { store, bus }: TryNeeds,
  { key, wait }: { key: string; wait: boolean },
): Promise<AgentTry> {
  const watched = { key, onProgress: progressOn(bus), find: () => eventOf(store, key) };
  await watchEvent(watched, AbortSignal.timeout(longestWaitMs), (seen) =>
    wait && (seen === undefined || seen.status === 'task') ? { restMs: lookMs } : { answer: true },
  );
  const open = { taskId: null, answeredBy: null, instead: null, reply: '', reason: null, tookMs: null };
  const tried = (await findAgentTry(store, key)) ?? { state: 'queued', ...open };
  if (tried.state !== 'done' || tried.instead === null) return tried;
  const answerer = agentNamed(tried.answeredBy);
  const title = answerer === undefined ? 'Another one' : titleOf(answerer);
  return { ...tried, state: 'failed', reason: `${title} answered, since ${tried.instead}` };
}
