import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extensionsOf } from '../../src/upkeep/server/fresh-server.ts';
import { rowCounter } from '../../src/upkeep/server/count-dump.ts';
import { fittingTool, toolFolders } from '../../src/upkeep/server/tools.ts';

let root: string;
let folders: string[];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'njd-tools-'));
  folders = ['14.2', '17.1', '16.0 (Debian 16.0-1)', 'broken'].map((version, index) => {
    const folder = join(root, String(index));
    mkdirSync(folder);
    const says = version === 'broken' ? 'exit 1' : `echo "pg_dump (PostgreSQL) ${version}"`;
    writeFileSync(join(folder, 'pg_dump'), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
    return folder;
  });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the programs of PostgreSQL', () => {
  it('are taken in the oldest version that is as new as the server', async () => {
    const of = (atLeast: number) =>
      fittingTool('pg_dump', { atLeast, why: `the server is ${atLeast}`, folders });
    expect((await of(15)).label).toBe('16.0');
    expect((await of(14)).version).toBe(14);
    await expect(of(18)).rejects.toThrow(
      /^the server is 18, and no pg_dump here is as new \(.*is 14\.2, .*is 17\.1, .*is 16\.0\): install one of version 18 or later/,
    );
    await expect(
      fittingTool('pg_restore', { atLeast: 15, why: 'the server is 15', folders }),
    ).rejects.toThrow(/there is no pg_restore here: install .*postgresql-client-15/);
  });

  it('are looked for on the PATH first', () => {
    expect(toolFolders('/one:/two').slice(0, 2)).toEqual(['/one', '/two']);
  });
});

describe('the rows of a dump', () => {
  const dump = Buffer.from(
    [
      'SET x = 1;',
      'COPY public.tasks (id, body) FROM stdin;',
      String.raw`1	\\.`,
      `2\t${'long '.repeat(1_000)}`,
      '',
      'COPY public.fake (id) FROM stdin;',
      '\\.',
      '',
      'COPY public."odd ""name" (id) FROM stdin;',
      '\\.',
      'COPY other.tasks (id) FROM stdin;',
      '1',
      '\\.',
      'COPY public.tasks (id, body) FROM stdin;',
      '3\tx',
      '\\.',
      "SELECT pg_catalog.setval('public.tasks_id_seq', 3, true);",
      '',
    ].join('\n'),
  );

  it.each([1, 2, 3, 7, 100_000])('are counted whatever the pieces that it comes in: %i bytes', (bytes) => {
    const counter = rowCounter();
    for (let at = 0; at < dump.length; at += bytes) counter.take(dump.subarray(at, at + bytes));
    // Four lines that look like something else are rows all the same.
    expect(counter.counts()).toEqual({ tasks: 5, 'odd "name': 0 });
  });

  it('come with the extensions that they need', () => {
    const list = [
      ';',
      '2; 3079 16385 EXTENSION - pg_trgm ',
      '3; 3079 16386 EXTENSION - vector ',
      '9; 0 0 TABLE public x me',
    ];
    expect(extensionsOf(list.join('\n'))).toEqual(['pg_trgm', 'vector']);
  });
});
