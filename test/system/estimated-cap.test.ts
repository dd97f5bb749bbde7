import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

/** A codex that has used 100,000 tokens at the end of each run; asked to be greedy, it reads 20 pages and never ends. */
const program = `#!/bin/bash
[ "$1" = --version ] && echo codex-cli 0.171.0 && exit 0
prompt=$(cat)
printf '{"type":"thread.started","thread_id":"%s"}\\n' "$(cat /proc/sys/kernel/random/uuid)"
page=$(printf 'x%.0s' {1..9000})
[[ $prompt == *"be greedy"* ]] && for i in {1..20}; do
  printf '{"type":"item.completed","item":{"id":"i%s","type":"command_execution","command":"cat page","aggregated_output":"%s","status":"completed"}}\\n' $i "$page"
done && sleep 703
echo '{"type":"item.completed","item":{"id":"m","type":"agent_message","text":"done"}}'
echo '{"type":"turn.completed","usage":{"input_tokens":100000,"cached_input_tokens":0,"output_tokens":0}}'
`;

function startCodex(dailyUsd: number) {
  const path = join(tempDir(), 'codex');
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return startDaemon({
    config: {
      'agent.default': 'codex',
      'agent.paths': { codex: path },
      'agent.prices': { codex: { input: 1, output: 5 } },
      'spend.dailyUsd': dailyUsd,
      'lanes.total': 2,
      'lanes.reservedForHuman': 1,
    },
  });
}

describe('a cap on spending, with an agent that tells tokens alone', () => {
  it('lets tasks of others run until their estimates have reached it', async () => {
    const daemon = await startCodex(0.3);
    daemon.write('NORMAL|cron:a||task|look\n'.repeat(5));
    await until('the cap is reached', async () => (await daemon.status()).spend.reached === 'day', 60_000);
    await until('nothing runs', async () => (await daemon.status()).tasks.running === 0);
    expect(await daemon.ninjad('ask', 'are you broke?')).toMatchObject({ code: 0, stdout: 'done\n' });
    const states = `SELECT state, count(*)::int FROM tasks WHERE source = 'cron:a' GROUP BY 1 ORDER BY 1`;
    expect(await daemon.rows(states)).toEqual([
      ['done', 3],
      ['queued', 2],
    ]);
    expect(await daemon.rows('SELECT DISTINCT estimated FROM task_costs')).toEqual([[true]]);
  });

  it('ends a run that would pass it, books what it may have cost, and lets it wait for money', async () => {
    const daemon = await startCodex(0.3);
    daemon.write('NORMAL|cron:a||task|be greedy\n');
    await until(
      'it waits',
      async () => (await daemon.value('SELECT outcome FROM tasks')) === 'over-budget',
      60_000,
    );
    const [task] = await daemon.rows('SELECT state, reason, cost_usd::float8 FROM tasks');
    const waits = expect.stringContaining('it goes on when there is money again') as string;
    expect(task?.slice(0, 2)).toEqual(['queued', waits]);
    expect(task?.[2]).toBeGreaterThan(0.3);
    // All of its pages, each read again with every one after it.
    expect(task?.[2]).toBeLessThan(1);
    await until('the cap is reached', async () => (await daemon.status()).spend.reached === 'day');
  });
});
