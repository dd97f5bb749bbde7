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
    expect(jsonOf(await cli.run(['notices', 'seen', '--all', '--json']))).toMatchObject({ unseen: 0 });
    expect(daemon.calls).toEqual([
      ['notices.see', { ids: [12, 11] }],
      ['notices.list', { unseen: true, limit: 1 }],
      ['notices.see', { until: 13 }],
    ]);
  });

  it('puts some off until tomorrow morning, or until it is told', async () => {
    const daemon = await cli.daemon();
    const tomorrow = new Date();
    tomorrow.setDate(tomorrow.getDate() + 1);
    tomorrow.setHours(8, 0, 0, 0);
    const until = new Date('2026-12-24T00:00:00').toISOString();
    expect((await cli.run(['notices', 'later', '12'])).stdout).toMatch(/^put off until .+; 1 left\n$/);
    expect(
      jsonOf(await cli.run(['notices', 'later', '12', '13', '--until', '2026-12-24', '--json'])),
    ).toEqual({ unseen: 0, until });
    expect(daemon.calls).toEqual([
      ['notices.later', { ids: [12], until: tomorrow.toISOString() }],
      ['notices.later', { ids: [12, 13], until }],
    ]);
    const both = await cli.run(['notices', 'later', '12', '--for', '3h', '--until', '2026-12-24']);
    expect(both).toMatchObject({ code: 2, stderr: 'ninjad: expected --for or --until, got both\n' });
    expect((await cli.run(['notices', 'later', '12', '--for', 'soon'])).code).toBe(2);
  });
});
