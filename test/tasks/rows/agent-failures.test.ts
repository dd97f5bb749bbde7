import { expect, it } from 'vitest';
import {
  endAgentFailures,
  keepAgentFailure,
  listAgentFailures,
} from '../../../src/tasks/rows/agent-failures.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('agent_failures');
const at = (second: number) => new Date(Date.UTC(2026, 10, 29, 12, 0, second));
const fail = (agent: string, second: number) =>
  store.transaction((tx) =>
    keepAgentFailure(tx, {
      ...{ agent, kind: 'overloaded', reason: `no ${second}`.padEnd(3_000, '.'), at: at(second), taskId: 1 },
    }),
  );

it('keeps the last twenty of each agent, and lists the newest first', async () => {
  for (let second = 1; second <= 25; second += 1) await fail('codex', second);
  await fail('gemini', 30);
  const kept = await listAgentFailures(store, 100);
  expect(kept.get('codex')?.map((failure) => failure.at)).toEqual(
    Array.from({ length: 20 }, (_, index) => at(25 - index)),
  );
  expect(kept.get('codex')?.[0]?.reason).toHaveLength(2_000);
  expect((await listAgentFailures(store, 2)).get('codex')).toHaveLength(2);
  expect(kept.get('gemini')).toMatchObject([{ kind: 'overloaded', taskId: 1, overAt: null }]);
});

it('says since when an agent answers again, and of which failures', async () => {
  await fail('codex', 1);
  await store.transaction((tx) => endAgentFailures(tx, { agent: 'codex', at: at(2) }));
  await fail('codex', 3);
  const kept = (await listAgentFailures(store, 9)).get('codex');
  expect(kept?.map(({ overAt }) => overAt)).toEqual([null, at(2)]);
});
