import { describe, expect, it } from 'vitest';
import { someNotices } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

describe('ninjad notices', () => {
  it('lists what was not seen, or everything', async () => {
    const daemon = await cli.daemon();
    const { code, stdout } = await cli.run(['notices']);
    expect(code).toBe(0);
    const [titles, first, second] = stdout.split('\n');
    expect(titles).toMatch(/^id +when +from +text$/);
    expect(first).toMatch(/^13 .* task 7 +new +The hose\uFFFD\[31m is leaking\.$/);
    expect(second).toMatch(/^12 .* spend +new +The cap is reached\.$/);
    expect(jsonOf(await cli.run(['notices', '--all', '--limit', '5', '--json']))).toEqual(someNotices);
    expect(daemon.calls).toEqual([
      ['notices.list', { unseen: true, limit: 20 }],
      ['notices.list', { unseen: false, limit: 5 }],
    ]);
  });

  it('says that there is nothing', async () => {
    await cli.daemon({ 'notices.list': () => ({ items: [], next: null }) });
    expect((await cli.run(['notices'])).stdout).toBe('nothing that you have not seen\n');
    expect((await cli.run(['notices', '--all'])).stdout).toBe('no notices\n');
    expect((await cli.run(['notices', 'seen', '--all'])).stdout).toBe('you have seen everything\n');
  });

  it('marks some as seen, or all that there were when it was asked', async () => {
    const daemon = await cli.daemon();
    expect((await cli.run(['notices', 'seen', '12', '12', '11'])).stdout).toBe('1 left\n');
    expect(jsonOf(await cli.run(['notices', 'seen', '--all', '--json']))).toEqual({ unseen: 0 });
    expect(daemon.calls).toEqual([
      ['notices.see', { ids: [12, 11] }],
      ['notices.list', { unseen: true, limit: 1 }],
      ['notices.see', { until: 13 }],
    ]);
  });
});
