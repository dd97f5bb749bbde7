import type { Bus } from '../lib/bus.ts';
import type { Logger } from '../lib/log.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { Store } from '../lib/store/store.ts';
import type { BenchRecord } from '../tasks/agents/bench.ts';
import { endAgentFailures, keepAgentFailure } from '../tasks/rows/agent-failures.ts';

/** Keeps how agents fail in the store. While that is away it is lost: the task's own row has it too. */
export function createBenchRecord({
  store,
  bus,
  log,
}: {
  store: Pick<Store, 'transaction'>;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  log: Pick<Logger, 'debug'>;
}): BenchRecord {
  const keep = (write: Parameters<Store['transaction']>[0]): void => {
    store
      .transaction(write)
      .then(() => bus.emit('list.changed', { list: 'agents.list' }))
      .catch((thrown: unknown) => log.debug({ err: thrown }, 'how an agent fared stays unkept'));
  };
  return {
    failed: (agent, { kind, reason, at }, taskId) =>
      keep((tx) => keepAgentFailure(tx, { agent, kind, reason, at: new Date(at), taskId: taskId ?? null })),
    recovered: (agent, at) => keep((tx) => endAgentFailures(tx, { agent, at: new Date(at) })),
  };
}
