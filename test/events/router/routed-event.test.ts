import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../src/reflexes.ts';
import { coalescedRule, routeMail } from '../../../src/events/router/routed-event.ts';
import { journalRig } from '../../helpers/journal-rig.ts';

const book = compileRules();

describe('routeMail', () => {
  it('gives each line its event, its route and when it came', () => {
    const rig = journalRig();
    const items = rig.accept(['LOW|shell||note|one', 'HUMAN|cli||ask|/status'], 1_000);
    expect(routeMail(rig.journal, items, book, 0)).toEqual([
      {
        position: 0,
        receivedAt: 1_000,
        route: 'reflex:note',
        rule: 'note',
        event: expect.objectContaining({ source: 'shell', text: 'one' }) as unknown,
      },
      {
        position: 'LOW|shell||note|one\n'.length,
        receivedAt: 1_000,
        route: 'reflex:status',
        rule: 'command-status',
        event: expect.objectContaining({ source: 'cli', text: '/status' }) as unknown,
      },
    ]);
  });

  it('drops what a later event has superseded, whatever the rules say', () => {
    const rig = journalRig();
    const items = rig.accept(['LOW|fleet:a||heartbeat|1']).map((item) => ({ ...item, superseded: true }));
    expect(routeMail(rig.journal, items, book, 0)).toMatchObject([{ route: 'drop', rule: coalescedRule }]);
  });

  it('takes the time of receipt from the journal for lines from before the last start', () => {
    const before = Date.now();
    const first = journalRig();
    first.accept(['LOW|a||metric|old']);
    const after = Date.now();
    first.close();
    const second = journalRig(first.dir);
    const replayEnd = second.journal.endPosition();
    const later = after + 60_000;
    const items = second.accept(['LOW|a||metric|new'], later);
    const [old, fresh] = routeMail(second.journal, items, book, replayEnd);
    expect(old?.receivedAt).toBeGreaterThanOrEqual(before);
    expect(old?.receivedAt).toBeLessThanOrEqual(after);
    expect(fresh?.receivedAt).toBe(later);
  });

  it('names the place where the journal is damaged', () => {
    const rig = journalRig();
    const [item] = rig.accept(['LOW|a||metric|fine']);
    const shifted = { position: 4, length: 3, since: 0, priority: 4, superseded: false };
    expect(item?.position).toBe(0);
    expect(routeMail(rig.journal, [shifted], book, 0)).toMatchObject([
      {
        position: 4,
        route: 'drop',
        problem: expect.stringMatching(/^the journal is damaged at 4: expected five fields/) as string,
      },
    ]);
  });
});
