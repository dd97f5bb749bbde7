import { describe, expect, it } from 'vitest';
import { troublesOf } from '../../../../public/js/panels/now/troubles.js';
import { waitingOf } from '../../../../public/js/panels/now/waiting.js';
import { pulse } from '../../pulse.ts';

describe('what went wrong', () => {
  it('is nothing where all is well', () => {
    expect(troublesOf(pulse())).toEqual([]);
  });

  it('is told with the place that says more, the worst first', () => {
    const now = pulse({
      database: 'away',
      children: [
        { id: 'router', state: 'failed', lastError: 'boom' },
        { id: 'inference', restarts: 2, lastError: 'model file is truncated' },
      ],
      waiting: { deadLetters: 1 },
      lately: { failedLastHour: 2 },
      counts: { rejected: 3 },
      loopP99Ms: 310,
      agent: 'offline',
    });
    expect(troublesOf(now).map(({ key, panel, tone }) => [key, panel, tone])).toEqual([
      ['database', 'tree', 'pink'],
      ['child-router', 'tree', 'pink'],
      ['child-inference', 'tree', 'orange'],
      ['dead', 'tasks', 'pink'],
      ['failed', 'tasks', 'pink'],
      ['rejected', 'activity', 'orange'],
      ['loop', 'tree', 'orange'],
      ['agent', 'config', 'orange'],
    ]);
    expect(troublesOf(now)[2]?.text).toBe('inference was restarted 2 times: model file is truncated');
  });
});

describe('what waits', () => {
  it('is listed with the way to it, and what is none is not listed', () => {
    expect(
      waitingOf({ unread: 1, wishes: 0, findings: 2, deadLetters: 0 }).map(({ text, panel }) => [
        text,
        panel,
      ]),
    ).toEqual([
      ['1 reply to read', 'chat'],
      ['2 findings to look at', 'decide'],
    ]);
  });
});
