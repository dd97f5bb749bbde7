import { expect, it } from 'vitest';
import { shortListOf } from '../../src/cli/short-list.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();
const rows = [
  { name: 'nas', kind: 'ssh', at: { path: '/Data' } },
  { name: 'web-1', kind: 'http', at: null },
  { name: 'shed', kind: 'ssh', at: null },
];
const listed = (options: Parameters<typeof shortListOf>[1]) => {
  const { rows: shown, next } = shortListOf(rows, options, ({ name }) => name);
  return [...shown.map(({ name }) => name), next];
};

it('a list is narrowed by words in whatever its rows say, and paged by names', () => {
  expect(listed({})).toEqual(['nas', 'web-1', 'shed', null]);
  expect(listed({ text: 'SSH' })).toEqual(['nas', 'shed', null]);
  expect(listed({ text: 'ssh data' })).toEqual(['nas', null]);
  expect(listed({ text: 'kind' })).toEqual([null]);
  expect(listed({ limit: 2 })).toEqual(['nas', 'web-1', 'web-1']);
  expect(listed({ limit: 2, after: 'web-1' })).toEqual(['shed', null]);
  expect(listed({ limit: 1, text: 'ssh', after: 'nas' })).toEqual(['shed', null]);
  expect(() => listed({ after: 'attic' })).toThrow(
    'expected the name of one in the list after --after, got attic',
  );
});

it('settings are listed so', async () => {
  await cli.daemon();
  const found = jsonOf(await cli.run(['config', 'list', '--text', 'spend.dailyUsd', '--json'])) as {
    key: string;
  }[];
  expect(found.map(({ key }) => key)).toContain('spend.dailyUsd');
  expect(found.length).toBeLessThan(10);
  const first = await cli.run(['config', 'list', '--limit', '2']);
  const [, next = ''] = /more of them: --after (\S+)\n$/.exec(first.stdout) ?? [];
  const second = await cli.run(['config', 'list', '--after', next, '--limit', '2']);
  expect(second.code).toBe(0);
  expect(second.stdout).not.toContain(`${next} `);
  expect(await cli.run(['config', 'list', '--after', 'nothing.such'])).toMatchObject({ code: 2 });
});
