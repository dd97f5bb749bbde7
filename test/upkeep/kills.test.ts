import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { coldSource } from '../../src/upkeep/backup/cold-source.ts';
import { withDatabase } from '../../src/upkeep/backup/copy-database.ts';
import { createBackup } from '../../src/upkeep/backup/create.ts';
import { finishRestore } from '../../src/upkeep/backup/take-place.ts';
import { sweepLeftovers } from '../../src/upkeep/backup/leftovers.ts';
import { verifyArchive } from '../../src/upkeep/backup/verify.ts';
import { openOwnDatabase } from '../../src/wiring/own-database.ts';
import { tempDataHome } from '../helpers/temp-database.ts';

/* Real processes, killed by SIGKILL at each step; what is left has to be a whole home, and what was begun is swept. */
const child = packagePath('test', 'fixtures', 'upkeep', 'killed-at.ts');
let root: string;
let home: string;
let archive: string;

async function makeHome(path: string, memory: string): Promise<void> {
  const data = await tempDataHome();
  mkdirSync(path, { recursive: true, mode: 0o700 });
  renameSync(join(data, 'data'), join(path, 'pg'));
  rmSync(data, { recursive: true, force: true });
  mkdirSync(join(path, 'journal'));
  mkdirSync(join(path, 'backups'));
  writeFileSync(join(path, 'backups', 'mine'), '');
  writeFileSync(join(path, 'token'), memory);
  await withDatabase(openOwnDatabase, join(path, 'pg'), (store) =>
    store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at) VALUES ('note', $1, 'cli', 'owner', now(), now())`,
      values: [memory],
    }),
  );
}

async function memoryOf(path: string): Promise<string | undefined> {
  return withDatabase(openOwnDatabase, join(path, 'pg'), async (store) => {
    const { rows } = await store.query<{ content: string }>({
      text: 'SELECT content FROM memory_embeddings',
    });
    return rows[0]?.content;
  });
}

async function killAt(what: 'create' | 'restore', step: string, more: object): Promise<void> {
  const given = JSON.stringify({ what, step, home, archive, exchanges: true, ...more });
  const ran = spawn(process.execPath, ['--import', 'tsx', child, given], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  ran.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [, signal] = (await once(ran, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(signal, `at ${step}: ${said}`).toBe('SIGKILL');
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'njd-kills-'));
  home = join(root, 'home');
  archive = join(root, 'archives', 'one.tar');
  mkdirSync(dirname(archive));
  await makeHome(home, 'of the archive');
  const paths = homePaths(home);
  await createBackup({
    paths,
    source: coldSource(paths, openOwnDatabase),
    to: archive,
    withSecrets: false,
    isSecret: () => false,
    openDatabase: openOwnDatabase,
    now: () => new Date(),
  });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a backup that is killed', () => {
  it.each(['begun', 'packing', 'packed', 'counted', 'named'])(
    'at the step %s leaves the home as it was and no archive that is not whole',
    async (step) => {
      const folder = join(root, `at-${step}`);
      mkdirSync(folder);
      await killAt('create', step, { archive: join(folder, 'two.tar') });
      expect(await memoryOf(home)).toBe('of the archive');
      await sweepLeftovers(folder);
      const left = readdirSync(folder);
      expect(left).toEqual(step === 'named' ? ['two.tar'] : []);
      if (step !== 'named') return;
      const schema = loadMigrations().at(-1)?.version ?? 0;
      const found = await verifyArchive(join(folder, 'two.tar'), {
        openDatabase: openOwnDatabase,
        schema,
        now: () => new Date(),
      });
      expect(found.outcome).toBe('well');
    },
    180_000,
  );
});

describe('a restore that is killed', () => {
  const before = ['extracted', 'prepared', 'ready'];
  const cases = [
    ...[...before, 'exchanged', 'switched'].map((step) => [step, true] as const),
    ...['aside', 'switched'].map((step) => [step, false] as const),
  ];
  it.each(cases)(
    'at the step %s (one exchange of names: %s) leaves one whole home in place, and the other one kept',
    async (step, exchanges) => {
      const place = join(root, `over-${step}-${exchanges}`, 'home');
      await makeHome(place, 'of before');
      await killAt('restore', step, { home: place, exchanges });
      await finishRestore(place);
      const isRestored = !before.includes(step);
      expect(await memoryOf(place)).toBe(isRestored ? 'of the archive' : 'of before');
      expect(existsSync(join(place, 'backups', 'mine'))).toBe(true);
      expect(existsSync(join(place, 'token'))).toBe(true);
      expect(existsSync(join(place, 'restoring.json'))).toBe(false);
      const others = readdirSync(dirname(place)).filter((name) => name !== 'home');
      expect(others).toHaveLength(isRestored ? 1 : 0);
      if (isRestored) {
        expect(others[0]).toMatch(/^home\.before-/);
        expect(await memoryOf(join(dirname(place), others[0] ?? ''))).toBe('of before');
      }
    },
    180_000,
  );
});
