import { describe, expect, it } from 'vitest';
import { someRecall } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

describe('ninjad recall', () => {
  it('prints what is remembered, where it comes from, and what served in place of the models', async () => {
    const daemon = await cli.daemon();
    const { code, stdout } = await cli.run(['recall', 'how', 'full', 'is the nas?']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'memory:7 note from shell, trust: owner, 2026-01-01',
      'disk on nas\uFFFD[31m is at 91%',
      '',
      'degraded: found by words alone, since the embedder is loading',
      'not reranked: the reranker is loading',
      '',
    ]);
    expect(daemon.calls).toEqual([
      ['recall.explain', { text: 'how full is the nas?', limit: 8, budgetTokens: 4_000 }],
    ]);
  });

  it('explains each candidate with --explain', async () => {
    await cli.daemon();
    const { stdout } = await cli.run(['recall', 'nas', '--explain']);
    expect(stdout).toContain('1. memory:7 (note) in\n');
    expect(stdout).toContain('   full text: rank 1, 2.500 (disk, nas)\n');
    expect(stdout).toContain('2. memory:8 (note) out: duplicate of memory:7\n');
    expect(stdout).toContain('   fused 0.0161, age × 0.980, score 0.700\n');
    expect(stdout).toContain('took total 12.3 ms\n');
  });

  it('passes filters on, and prints the whole report with --json', async () => {
    const daemon = await cli.daemon();
    const options = [
      '--limit',
      '3',
      '--kind',
      'fact',
      '--kind',
      'note',
      '--trust',
      'owner',
      '--source',
      'cron',
    ];
    const ran = await cli.run(['recall', 'disk', ...options, '--since', '2026-01-01T00:00:00Z', '--json']);
    expect(jsonOf(ran)).toEqual(JSON.parse(JSON.stringify(someRecall)));
    expect(daemon.calls).toEqual([
      [
        'recall.explain',
        {
          text: 'disk',
          limit: 3,
          budgetTokens: 4_000,
          kinds: ['fact', 'note'],
          trusts: ['owner'],
          sources: ['cron'],
          since: new Date('2026-01-01T00:00:00Z'),
        },
      ],
    ]);
  });

  it('says that nothing is remembered', async () => {
    await cli.daemon({
      'recall.explain': () => Promise.resolve({ ...someRecall, memories: [], candidates: [] }),
    });
    expect((await cli.run(['recall', 'zebra'])).stdout).toMatch(/^nothing close is remembered\n/);
  });

  it.each([
    ['an unknown kind', ['recall', 'x', '--kind', 'dream']],
    ['a limit of nothing', ['recall', 'x', '--limit', '0']],
    ['a time that is none', ['recall', 'x', '--since', 'yesterday']],
    ['no text', ['recall']],
  ])('refuses %s with 2', async (_, args) => {
    expect((await cli.run(args)).code).toBe(2);
  });
});
