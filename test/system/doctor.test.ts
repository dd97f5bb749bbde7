import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import type { NamedResult } from '../../src/lib/doctor/check-result.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

async function examine(daemon: TestDaemon) {
  const { code, stdout } = await daemon.ninjad('doctor', '--json');
  const { findings } = JSON.parse(stdout) as { findings: NamedResult[] };
  return {
    code,
    failed: findings.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check),
    of: (name: string) => findings.find(({ check }) => check === name),
  };
}

it('finds nothing wrong with a daemon that runs, and after that what was broken while it ran and was killed', async () => {
  const daemon = await startDaemon();
  const well = await examine(daemon);
  expect(well).toMatchObject({ code: 0, failed: [] });
  // On a busy machine it may add that the event loop was late.
  expect(well.of('daemon')?.found).toContain(`pid ${String(daemon.child.pid)}`);
  expect(well.of('database')).toMatchObject({
    verdict: 'ok',
    found: expect.stringMatching(/commits reach the disk/) as string,
  });
  expect(well.of('given up')).toEqual({ check: 'given up', verdict: 'ok', found: 'none' });
  expect(well.of('processes')?.found.split(':')[0]).toBe((await daemon.status()).containment.tier);

  await daemon.kill('SIGKILL');
  const killed = await examine(daemon);
  expect(killed).toMatchObject({ code: 0, failed: [] });
  expect(killed.of('daemon')).toMatchObject({ verdict: 'warn', found: 'no daemon runs on this home' });
  rmSync(daemon.fifo);
  writeFileSync(daemon.fifo, 'NORMAL|cron:a||note|lost\n');
  expect(await examine(daemon)).toMatchObject({ code: 1, failed: ['pipe'] });
});
