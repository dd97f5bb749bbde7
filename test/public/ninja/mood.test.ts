import { describe, expect, it } from 'vitest';
import { mood } from '../../../public/js/ninja/mood.js';
import { cheered, joyAt, noJoy } from '../../../public/js/ninja/joy.js';
import { pulse } from '../pulse.ts';

const noon = new Date(2026, 5, 10, 12, 0, 0).getTime();
const night = new Date(2026, 5, 10, 2, 14, 0).getTime();
const online = { connected: true, since: 0 };
const noHistory = { depths: [], served: null };

describe('mood', () => {
  it('meditates while nothing is queued and says when the last task ended', () => {
    const now = pulse({ lately: { lastEnded: { taskId: 1, state: 'done', at: noon - 14 * 60_000 } } });
    expect(mood(now, noHistory, noon, online)).toEqual({
      mood: 'meditating',
      tone: 'green',
      cause: 'Nothing is queued; the last task ended 14 min ago.',
    });
  });

  it('names what waits for the owner before how long ago the last task was', () => {
    const now = pulse({ waiting: { wishes: 1, findings: 1, unread: 2 } });
    expect(mood(now, noHistory, noon, online).cause).toBe(
      'Nothing is queued; 2 replies are unread, 2 decisions wait for you.',
    );
  });

  it('sleeps at night only when nothing is queued', () => {
    expect(mood(pulse(), noHistory, night, online)).toMatchObject({
      mood: 'asleep',
      cause: 'It is 02:14 and nothing is queued.',
    });
    expect(mood(pulse({ depth: 1 }), noHistory, night, online)).toMatchObject({
      mood: 'meditating',
      cause: '1 event waits.',
    });
    expect(mood(pulse(), noHistory, noon, online).mood).toBe('meditating');
  });

  it('strikes for one task and juggles several', () => {
    const one = pulse({
      tasks: { running: 1, queued: 2 },
      running: [{ text: 'look at the nas', progress: 'using Bash' }],
    });
    expect(mood(one, noHistory, noon, online)).toMatchObject({
      mood: 'striking',
      cause: 'One task runs, 2 more queued: “look at the nas”.',
    });
    const short = pulse({ tasks: { running: 2, queued: 5 }, waitsFor: 'memory' });
    expect(mood(short, noHistory, noon, online)).toMatchObject({
      cause: '2 tasks run at once, 5 more queued and waiting for memory.',
    });
    const three = pulse({ tasks: { running: 3, queued: 0 } });
    expect(mood(three, noHistory, noon, online)).toMatchObject({
      mood: 'juggling',
      cause: '3 tasks run at once.',
    });
  });

  it('reads while all that run are recalling', () => {
    const recalling = pulse({
      tasks: { running: 1, queued: 0 },
      running: [{ text: 'x', progress: 'recalling' }],
    });
    expect(mood(recalling, noHistory, noon, online)).toMatchObject({ mood: 'reading', tone: 'purple' });
  });

  it('sweats only while the mailbox is long and grows', () => {
    const depths = [{ at: noon - 30_000, depth: 100 }];
    expect(mood(pulse({ depth: 400 }), { depths, served: null }, noon, online)).toMatchObject({
      mood: 'sweating',
      cause: 'The mailbox grew from 100 to 400 in 30 s.',
    });
    expect(mood(pulse({ depth: 120 }), { depths, served: null }, noon, online).mood).toBe('meditating');
    const old = [{ at: noon - 120_000, depth: 100 }];
    expect(mood(pulse({ depth: 400 }), { depths: old, served: null }, noon, online).mood).toBe('meditating');
  });

  it('limps for ten minutes after failures and tells how many', () => {
    const failed = (ago: number) =>
      pulse({
        lately: {
          lastEnded: { taskId: 1, state: 'failed', at: noon - ago },
          failedInARow: 2,
          failedLastHour: 3,
        },
      });
    expect(mood(failed(60_000), noHistory, noon, online)).toMatchObject({
      mood: 'limping',
      cause: 'The last 2 tasks failed, 1 min ago, 3 within the hour.',
    });
    expect(mood(failed(11 * 60_000), noHistory, noon, online).mood).toBe('meditating');
  });

  it('bows for twenty seconds when the owner was answered', () => {
    const served = { at: noon - 5_000, title: 'what did the nas say?' };
    expect(mood(pulse(), { depths: [], served }, noon, online)).toMatchObject({
      mood: 'bowing',
      cause: 'Just answered you: “what did the nas say?”.',
    });
    expect(mood(pulse(), { depths: [], served }, noon + 20_000, online).mood).toBe('meditating');
  });

  it('celebrates ten successes in a row while they are fresh', () => {
    const streak = (doneInARow: number, ago: number) =>
      pulse({ lately: { lastEnded: { taskId: 1, state: 'done', at: noon - ago }, doneInARow } });
    expect(mood(streak(10, 1000), noHistory, noon, online)).toMatchObject({
      mood: 'celebrating',
      cause: '10 tasks in a row went well.',
    });
    expect(mood(streak(9, 1000), noHistory, noon, online).mood).toBe('meditating');
    expect(mood(streak(10, 180_000), noHistory, noon, online).mood).toBe('meditating');
  });

  it('is broke at the cap, by day and by month, even while tasks run', () => {
    const day = pulse({
      tasks: { running: 1, queued: 0 },
      spend: { reached: 'day', capUsd: 5, todayUsd: 5.02 },
    });
    expect(mood(day, noHistory, noon, online)).toMatchObject({
      mood: 'broke',
      cause: 'Today’s cap of $5.00 is used up ($5.02 so far); only your own messages run.',
    });
    const month = pulse({ spend: { reached: 'month', monthlyCapUsd: 50, monthUsd: 50.1 } });
    expect(mood(month, noHistory, noon, online).cause).toContain(
      'The month’s cap of $50.00 is used up ($50.10 so far)',
    );
  });

  it('is alarmed by a child that is down, by name and reason, before anything else', () => {
    const down = pulse({
      spend: { reached: 'day' },
      children: [{ id: 'router', state: 'restarting', lastError: 'boom\nat line 1' }],
    });
    expect(mood(down, noHistory, noon, online)).toEqual({
      mood: 'alarmed',
      tone: 'pink',
      cause: 'router is restarting: boom.',
    });
    expect(mood(pulse({ database: 'away' }), noHistory, noon, online).cause).toContain(
      'The database is away',
    );
    expect(mood(pulse({ ready: false }), noHistory, noon, online)).toMatchObject({
      mood: 'alarmed',
      tone: 'orange',
    });
  });

  it('paces when the page is disconnected for more than three seconds, and not before', () => {
    const lost = { connected: false, since: noon - 12_000 };
    expect(mood(pulse(), noHistory, noon, lost)).toMatchObject({
      mood: 'pacing',
      cause: 'I have not heard from the daemon for 12 s; this page keeps trying.',
    });
    expect(mood(pulse(), noHistory, noon, { connected: false, since: noon - 2_900 }).mood).toBe('meditating');
    expect(mood(null, noHistory, noon, online).cause).toBe('Waiting for the first news from the daemon.');
  });
});

describe('joy', () => {
  it('rises with petting and feeding, never past one, and fades within a minute', () => {
    const fed = cheered(cheered(noJoy, 'feed', 1_000), 'feed', 1_000);
    expect(joyAt(fed, 1_000)).toBe(1);
    expect(joyAt(fed, 31_000)).toBeCloseTo(0.5);
    expect(joyAt(fed, 61_000)).toBe(0);
    expect(joyAt(cheered(noJoy, 'pet', 0), 0)).toBeCloseTo(0.4);
  });

  it('is alarmed by a host that is down, whatever else goes well, and limps while something failed for good', () => {
    const shed = {
      name: 'shed',
      state: 'down' as const,
      since: new Date(noon - 41 * 60_000).toISOString(),
      reason: null,
      lastSeenAt: null,
    };
    const busy = { tasks: { running: 2, queued: 0 } };
    expect(mood(pulse({ ...busy, hosts: [shed] }), noHistory, noon, online)).toEqual({
      mood: 'alarmed',
      tone: 'pink',
      cause: 'shed is down for 41 m.',
    });
    const many = { hosts: [shed], hostsInTrouble: { down: 12, all: 20 } };
    expect(mood(pulse(many), noHistory, noon, online).cause).toBe(
      'shed is down for 41 m, and 11 other hosts too.',
    );
    const streak = { lastEnded: { taskId: 1, state: 'done', at: noon - 1_000 }, doneInARow: 33 };
    expect(mood(pulse({ lately: streak }), noHistory, noon, online).mood).toBe('celebrating');
    expect(mood(pulse({ lately: streak, waiting: { deadLetters: 2 } }), noHistory, noon, online).mood).toBe(
      'limping',
    );
    const nas = { ...shed, name: 'nas', state: 'degraded' as const };
    expect(mood(pulse({ lately: streak, hosts: [nas] }), noHistory, noon, online)).toMatchObject({
      mood: 'limping',
      cause: 'nas is degraded.',
    });
  });
});
