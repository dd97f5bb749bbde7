import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { blockBytes, endOfArchive, headerOf, paddingOf, type TarEntry } from '../../src/lib/tar/header.ts';
import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { openArchive, writeArchive } from '../../src/upkeep/backup/archive.ts';
import { BackupError } from '../../src/upkeep/backup/failure.ts';
import { extract } from '../../src/upkeep/backup/extract.ts';
import { verifyArchive } from '../../src/upkeep/backup/verify.ts';
import { archiveOf } from '../helpers/archive.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/* One small archive, and what may become of its bytes. All are compared; its database is not started. */
let folder: string;
let archive: string;
let bytes: Buffer;
const schema = loadMigrations().at(-1)?.version ?? 0;

beforeEach(async () => {
  folder = tempDir();
  writeFileSync(join(folder, 'config.json'), '{}\n');
  archive = join(folder, 'one.tar');
  await archiveOf(archive, folder, ['config.json']);
  bytes = readFileSync(archive);
});

/** How an archive of these bytes is found: `well`, or what is wrong with it. */
async function foundOf(content: Buffer): Promise<string> {
  const path = join(folder, 'other.tar');
  writeFileSync(path, content);
  try {
    const options = { sample: { part: 1, of: 1 }, schema, now: () => new Date() };
    const openDatabase = () => Promise.reject(new Error('nobody asked for the database'));
    return (await verifyArchive(path, { ...options, openDatabase })).outcome;
  } catch (thrown) {
    if (thrown instanceof BackupError) return thrown.kind;
    throw thrown;
  }
}

it('is damaged whichever of its bytes was altered', async () => {
  expect(await foundOf(bytes)).toBe('well');
  const otherwise: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    const found = await foundOf(altered);
    if (found !== 'damaged') otherwise.push(`${found} ${bytes.toString('latin1', at - 12, at + 1)}`);
  }
  // A digit that makes it one of a later program is named as that.
  expect(otherwise.filter((one) => !/^otherVersion .*"(?:schema|format)": \d*$/s.test(one))).toEqual([]);
}, 120_000);

it('is damaged wherever it was cut, and whatever was put behind it, but for the zeros of tar', async () => {
  for (let length = 0; length < bytes.length; length += 256)
    expect(await foundOf(bytes.subarray(0, length)), `cut to ${length}`).toBe('damaged');
  const added = headerOf({ path: 'more', kind: 'file', size: 0, mode: 0o600, mtime: 0 });
  const beforeEnd = bytes.subarray(0, -endOfArchive.length);
  expect(await foundOf(Buffer.concat([beforeEnd, added, endOfArchive]))).toBe('damaged');
  expect(await foundOf(Buffer.concat([bytes, added]))).toBe('damaged');
  expect(await foundOf(Buffer.concat([bytes, Buffer.from('x')]))).toBe('damaged');
  expect(await foundOf(Buffer.concat([bytes, Buffer.alloc(8 * blockBytes)]))).toBe('well');
});

it('is read as it was before its manifest had a checksum, and is damaged where another one takes its place', async () => {
  const at = bytes.length - endOfArchive.length - 2 * blockBytes;
  expect(await foundOf(Buffer.concat([bytes.subarray(0, at), endOfArchive]))).toBe('well');
  const text = readFileSync(archive, 'latin1').replace('"host": "h"', '"host": "i"');
  expect(await foundOf(Buffer.from(text, 'latin1'))).toBe('damaged');
});

it('can be looked at by tar and sha256sum', () => {
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  expect(run('tar', '-tf', archive).stdout).toBe('home.tar.gz\nmanifest.json\nmanifest.sha256\n');
  run('tar', '-xf', archive);
  expect(run('sha256sum', '--check', 'manifest.sha256').stdout).toBe('manifest.json: OK\n');
});

it('takes no name that somebody has, and leaves nothing beside it', async () => {
  await expect(archiveOf(archive, folder, ['config.json'], { generation: 7 })).rejects.toThrow(
    `${archive} is there already`,
  );
  expect(readFileSync(archive)).toEqual(bytes);
});

it('is no archive where it is a folder', async () => {
  await expect(openArchive(folder)).rejects.toThrow(`${folder} is no archive: expected a file`);
});

/** An archive of entries that nobody of ours writes, whose manifest knows all of them. */
async function hostile(entries: (Partial<TarEntry> & { path: string; body?: string })[]): Promise<string[]> {
  const path = join(folder, 'hostile.tar');
  const draft = await writeArchive(path, 'gzip', blocks(entries));
  const files = entries.map(({ path: name, body = '', link }) => ({
    path: name,
    bytes: Buffer.byteLength(body),
    sha256: createHash('sha256')
      .update(link ?? body)
      .digest('hex'),
  }));
  const into = join(folder, 'home');
  mkdirSync(into);
  const faults = await extract(
    { payload: draft.payload, manifest: { files } },
    { into: { folder: into, takes: () => true } },
  );
  await draft.discard();
  return faults.map(({ kind, problem }) => `${kind}: ${problem}`);
}

function blocks(entries: (Partial<TarEntry> & { path: string; body?: string })[]): AsyncIterable<Buffer> {
  // eslint-disable-next-line @typescript-eslint/require-await
  return (async function* () {
    for (const { body = '', ...entry } of entries) {
      const size = Buffer.byteLength(body);
      yield headerOf({ kind: 'file', size, mode: 0o600, mtime: 0, ...entry });
      yield Buffer.from(body);
      yield paddingOf(size);
    }
    yield endOfArchive;
  })();
}

it.each([
  ['a path that leads out', () => [{ path: '../out', body: 'x' }]],
  ['a path from the root', () => [{ path: '/tmp/njd-out', body: 'x' }]],
  [
    'a file twice',
    () => [
      { path: 'one', body: 'x' },
      { path: 'one', body: 'y' },
    ],
  ],
  [
    'a file and one below it',
    () => [
      { path: 'one', body: 'x' },
      { path: 'one/two', body: 'y' },
    ],
  ],
  [
    'a link and a file below it',
    (out: string) => [
      { path: 'one', kind: 'link' as const, link: out },
      { path: 'one/two', body: 'y' },
    ],
  ],
  [
    'a link and a link below it',
    (out: string) => [
      { path: 'one', kind: 'link' as const, link: out },
      { path: 'one/two', kind: 'link' as const, link: '/etc' },
    ],
  ],
])('takes nothing out of its folder where it has %s', async (_, entriesOf) => {
  const out = join(folder, 'outside');
  mkdirSync(out);
  appendFileSync(join(out, 'mine'), 'mine');
  const faults = await hostile(entriesOf(out));
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.every((fault) => fault.startsWith('damaged: '))).toBe(true);
  expect(readdirSync(out)).toEqual(['mine']);
  expect(existsSync(join(folder, 'out'))).toBe(false);
  expect(existsSync('/tmp/njd-out')).toBe(false);
});
