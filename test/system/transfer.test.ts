import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chatgptExport } from '../fixtures/foreign-conversations.ts';
import { endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { tempDir } from '../helpers/temp-dir.ts';

afterAll(() => endDaemons());

it('takes a home to another one, and conversations from elsewhere, by the commands', async () => {
  const here = await startDaemon({
    config: { 'notify.url': 'https://ntfy.example/secret', 'spend.dailyUsd': 3 },
  });
  expect((await here.ninjad('remember', 'the nas is called Bertha')).code).toBe(0);
  const asked = await here.ninjad('ask', '--conversation', 'home', 'what is the nas called?');
  expect(asked.code).toBe(0);
  // They are still in the inbox when the export begins.
  const notes = Array.from(
    { length: 150 },
    (_, index) => `LOW|cron:shelf||note|shelf ${index} has ${index * 7} books`,
  );
  here.write(`${notes.join('\n')}\n`);
  await until('they are recorded', async () =>
    (
      await here.ninjad('psql', '-c', `SELECT 'notes ' || count(*) FROM events WHERE source = 'cron:shelf'`)
    ).stdout.includes('notes 150'),
  );
  const out = join(tempDir(), 'out');
  const exported = await here.ninjad('export', out, '--json');
  expect(exported.stderr).toBe('');
  const lines = readFileSync(join(out, 'memories.jsonl'), 'utf8');
  expect(notes.filter((note) => lines.includes(`"${note.split('|').at(-1) ?? ''}"`))).toHaveLength(150);
  expect(JSON.parse(exported.stdout)).toMatchObject({ path: out, counts: { conversations: 1 } });
  expect(readFileSync(join(out, 'conversations', 'home.md'), 'utf8')).toContain('what is the nas called?');
  expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('{\n  "spend.dailyUsd": 3\n}\n');
  expect((await here.ninjad('export', out)).code).toBe(1);
  const storage = await here.ninjad('storage', '--json');
  expect(JSON.parse(storage.stdout)).toMatchObject({ home: here.home, room: expect.any(String) as string });
  await here.kill('SIGTERM');

  const there = await startDaemon({ home: await newHome() });
  const first = await there.ninjad('import', out, '--json');
  expect(first.stderr).toBe('');
  expect(JSON.parse(first.stdout)).toMatchObject({
    parts: { conversations: { imported: 1 } },
    settings: { taken: ['spend.dailyUsd'] },
  });
  await until('it can be recalled', async () =>
    (await there.ninjad('recall', 'Bertha')).stdout.includes('Bertha'),
  );
  expect((await there.ninjad('config', 'get', 'spend.dailyUsd')).stdout).toContain('3');
  const again = JSON.parse((await there.ninjad('import', out, '--json')).stdout) as {
    parts: Record<string, { imported: number }>;
  };
  expect(Object.values(again.parts).reduce((sum, { imported }) => sum + imported, 0)).toBe(0);

  const file = join(tempDir(), 'conversations.json');
  writeFileSync(file, JSON.stringify(chatgptExport));
  const dry = await there.ninjad('import', file, '--dry-run');
  expect(dry.stdout).toContain('1 would be imported');
  const taken = await there.ninjad('import', file);
  expect(taken.stdout).toContain('ninjad import --undo 1');
  await until('it can be recalled', async () =>
    (await there.ninjad('recall', 'restic')).stdout.includes('restic'),
  );
  expect((await there.ninjad('import', '--undo', '1')).stdout).toContain(
    '1 memories of import 1 were forgotten',
  );
  expect((await there.ninjad('import', '--undo', '1')).code).toBe(1);
  expect((await there.ninjad('import', join(out, 'nothing.pdf'))).code).toBe(2);
  expect((await there.ninjad('import')).code).toBe(2);
  expect(existsSync(file)).toBe(true);
}, 120_000);
