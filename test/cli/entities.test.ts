import { describe, expect, it } from 'vitest';
import { someEntity } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

describe('ninjad entities', () => {
  it('lists them as a table, or what the search found as JSON', async () => {
    const daemon = await cli.daemon();
    const { code, stdout } = await cli.run(['entities', 'nas', '--kind', 'host', '--limit', '5']);
    expect(code).toBe(0);
    const [titles, row] = stdout.split('\n');
    expect(titles).toMatch(/^ *id +kind +mentions +seen +trust +name$/);
    expect(row).toMatch(/^ *3 +host +2 +\d+ d ago +owner +nas \(storage-1\)$/);
    for (const command of [['entities'], ['entities', 'list']])
      expect(jsonOf(await cli.run([...command, '--json']))).toMatchObject([{ id: 3, name: 'nas' }]);
    expect(daemon.calls).toEqual([
      ['entities.search', { text: 'nas', kind: 'host', limit: 5 }],
      ['entities.search', { limit: 30 }],
      ['entities.search', { limit: 30 }],
    ]);
  });

  it('says how the following ones are had, and goes on after one of them', async () => {
    const daemon = await cli.daemon();
    expect((await cli.run(['entities', '--limit', '1'])).stdout).toContain('\nmore: --before 3\n');
    expect((await cli.run(['entities', '--before', '3'])).stdout).not.toContain('--before');
    expect(daemon.calls.at(-1)).toEqual(['entities.search', { before: 3, limit: 30 }]);
    expect(await cli.run(['entities', '--before', 'nas'])).toMatchObject({ code: 2 });
  });

  it('shows one with its names, relations and evidence, and lets no text command the terminal', async () => {
    await cli.daemon();
    const { stdout } = await cli.run(['entities', 'show', 'nas']);
    expect(stdout).toContain('also storage-1\n');
    expect(stdout).toMatch(/1\.10 +2 +owner +backup-job run on nas\n/);
    expect(stdout).toMatch(/memory 7 +\d+ d ago +owner +backup-job runs on nas\uFFFD\[31m\n/);
    expect(stdout).not.toContain('\u001B');
    expect(jsonOf(await cli.run(['entities', 'show', '3', '--json']))).toEqual(someEntity);
  });

  it('fails for one that nobody knows', async () => {
    await cli.daemon();
    expect(await cli.run(['entities', 'show', 'nobody/x y'])).toMatchObject({
      code: 1,
      stderr: 'ninjad: there is no entity nobody/x y\n',
    });
  });

  it('passes on what the owner wants: merge, split, rename, teach, forget', async () => {
    const daemon = await cli.daemon();
    const acts = [
      ['merge', 'R. Miller', 'Bob Miller'],
      ['split', '3', 'storage-1', 'box'],
      ['rename', 'nas', 'big nas'],
      ['teach', '--kind', 'person', 'Priya', '--alias', 'Pri', 'P.'],
      ['forget', 'nas', '--ignore', '--json'],
    ];
    const said: string[] = [];
    for (const act of acts) said.push((await cli.run(['entities', ...act])).stdout);
    expect(said.slice(0, 4)).toEqual(['merged\n', 'split\n', 'renamed\n', 'known now\n']);
    expect(JSON.parse(said[4] ?? '')).toEqual({ id: null, message: 'forgotten' });
    expect(daemon.calls).toEqual([
      ['entity.merge', { ref: 'R. Miller', into: 'Bob Miller' }],
      ['entity.split', { ref: '3', aliases: ['storage-1', 'box'] }],
      ['entity.rename', { ref: 'nas', name: 'big nas' }],
      ['entity.teach', { kind: 'person', name: 'Priya', aliases: ['Pri', 'P.'] }],
      ['entity.forget', { ref: 'nas', ignore: true }],
    ]);
  });

  it('shows the names that are ignored, and refuses a kind that there is not', async () => {
    const daemon = await cli.daemon();
    expect((await cli.run(['entities', '--ignored'])).stdout).toBe('other Newsletter\n');
    expect(await cli.run(['entities', '--kind', 'planet'])).toMatchObject({ code: 2 });
    expect(await cli.run(['entities', 'teach', 'Priya'])).toMatchObject({ code: 2 });
    expect(daemon.calls).toEqual([['entities.ignored', { limit: 30 }]]);
  });
});
