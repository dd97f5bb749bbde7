import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const lines = 1_200;
const accepted = 400;
const key = 'the spare key is with Ulla in the blue house';
const boat = 'the boat lies at berth nineteen';

const contentOf = (line: number): string => `box ${line} of the attic holds what was in drawer ${line * 7}`;

const recalled = async ({ client }: TestDaemon, text: string): Promise<string | undefined> =>
  (await client.ask('recall.explain', { text })).memories[0]?.content;
const imported = async (daemon: TestDaemon): Promise<number> =>
  Number(await daemon.value(`SELECT count(*) FROM memory_embeddings WHERE origin = 'import'`));

it('finds what came before a question in the middle of an import, across a crash, and loses and doubles nothing', async () => {
  const home = await newHome({ 'inference.embedder': null });
  const env = { NINJAD_BUILT_IN: 'false' };
  let daemon = await startDaemon({ home, env });
  const file = join(home, 'boxes.jsonl');
  const text = Array.from({ length: lines }, (_, line) => JSON.stringify({ content: contentOf(line) }));
  writeFileSync(file, `${text.join('\n')}\n`);

  const importing = daemon.ninjad('memories', 'import', file);
  await until('a part is taken', async () => (await imported(daemon)) >= accepted);
  await daemon.client.ask('memory.add', { content: key, kind: 'fact' });
  expect(await recalled(daemon, 'who has the spare key?')).toBe(key);
  daemon.write(`NORMAL|shell||note|${boat}\n`);
  await until(
    'the note is recorded',
    async () => (await daemon.value(`SELECT count(*) FROM events WHERE payload = '${boat}'`)) === 1,
  );
  expect(await recalled(daemon, 'where does the boat lie?')).toBe(boat);
  await daemon.kill('SIGKILL');
  await importing;

  daemon = await startDaemon({ home, env });
  const kept = await imported(daemon);
  expect(kept).toBeGreaterThanOrEqual(accepted);
  expect(await recalled(daemon, 'who has the spare key?')).toBe(key);
  expect(await recalled(daemon, 'where does the boat lie?')).toBe(boat);

  const again = await daemon.ninjad('memories', 'import', file);
  expect(again).toMatchObject({
    code: 0,
    stdout: `${lines - kept} imported, ${kept} known already, 0 not read\n`,
  });
  await until(
    'all are prepared',
    async () => (await daemon.client.ask('memories.waiting', {})).waiting === 0,
    600_000,
  );
  expect(await recalled(daemon, 'what is in box 17 of the attic?')).toBe(contentOf(17));
  expect(
    await daemon.rows(
      `SELECT count(*), count(DISTINCT content), sum(seen_count), count(vector.*) FROM memory_embeddings AS memory
           LEFT JOIN memory_vectors AS vector ON memory_id = memory.id`,
    ),
  ).toEqual([[lines + 2, lines + 2, lines + 2, lines + 2]]);
}, 900_000);
