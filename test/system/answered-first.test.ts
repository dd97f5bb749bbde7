import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { taskMarkerName } from '../../src/lib/process/marker.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

it('an answer that was told before its agent had gone stays told once over a SIGKILL of the daemon, and nobody is left', async () => {
  const file = join(tempDir(), 'go');
  const home = await newHome({ 'task.killGraceMs': 200 });
  const env = { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'parts-late.sh') };
  const first = await startDaemon({ home, env });
  const asked = await first.ninjad('ask', '--conversation', 'c', `until ${file}`);
  expect(asked).toMatchObject({ code: 0, stdout: 'the answer\n', stderr: '' });
  const agents = async (): Promise<number> => {
    const found = await findMarked(taskMarkerName, '');
    return found.filter(({ command }) => command.includes('parts-late.sh')).length;
  };
  expect(await agents()).toBeGreaterThan(0);
  expect(await first.status()).toMatchObject({ tasks: { running: 0 } });
  await first.kill('SIGKILL');
  writeFileSync(file, '');
  const daemon = await startDaemon({ home, env });
  await until('its agent is gone', async () => (await agents()) === 0);
  expect(await daemon.rows('SELECT state, reply, attempts, cut_off FROM tasks')).toEqual([
    ['done', 'the answer', 1, null],
  ]);
  expect(await daemon.rows(`SELECT action FROM activity_log WHERE actor = 'tasks'`)).toEqual([['task.done']]);
  expect(await daemon.rows('SELECT text FROM owner_notices')).toEqual([]);
  expect(await daemon.ninjad('ask', '--conversation', 'c', `until ${file}`)).toMatchObject({ code: 0 });
});
