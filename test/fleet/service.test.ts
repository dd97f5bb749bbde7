import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../../src/fleet/definition.ts';
import { declareHosts } from '../../src/fleet/declare.ts';
import { evidenceOf } from '../../src/fleet/evidence.ts';
import { pauseHost } from '../../src/fleet/change.ts';
import { removeHost, restoreHost } from '../../src/fleet/remove.ts';
import { findHost, listHosts, updateDefinition } from '../../src/fleet/rows/hosts.ts';
import { reportsOf } from '../../src/fleet/rows/reports.ts';
import { pruneRemoved } from '../../src/retention/prune-removed.ts';
import { eventsOfHost } from '../../src/fleet/rows/events.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';
import { answered, failed, fleetRig, fleetTables, home, reportOf } from '../helpers/fleet/rig.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(...fleetTables);
const minutes = (count: number): number => count * MINUTE;

describe('what is told of a host', () => {
  it('is that it is down after three failed polls, and up after two good ones, each once', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.poll(['nas'], 2);
    expect([await rig.state('nas'), rig.told]).toEqual(['up', []]);
    rig.answer('nas', failed());
    await rig.poll(['nas'], 2);
    expect([await rig.state('nas'), rig.told]).toEqual(['up', []]);
    await rig.poll(['nas'], 10);
    expect(await rig.state('nas')).toBe('down');
    expect(rig.told[0]).toMatchObject({ priority: 'URGENT', source: 'fleet:nas', category: 'host-down' });
    rig.answer('nas', answered());
    await rig.poll(['nas']);
    expect(await rig.state('nas')).toBe('down');
    await rig.poll(['nas'], 5);
    expect(rig.texts()).toEqual([
      'fleet:nas host-down: nas is down: the connection was refused',
      'fleet:nas host-up: nas is up again after 11 min',
    ]);
  });

  it('is told once, however often the daemon starts anew in between', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.poll(['nas']);
    rig.answer('nas', failed());
    for (let poll = 0; poll < 8; poll += 1) {
      await rig.poll(['nas']);
      rig.restart();
    }
    rig.answer('nas', answered());
    for (let poll = 0; poll < 8; poll += 1) {
      rig.restart();
      await rig.poll(['nas']);
    }
    expect(rig.categories()).toEqual(['fleet:nas host-down', 'fleet:nas host-up']);
  });

  it('waits while nobody reads the pipe, and comes under the same key where its mark is lost', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    rig.answer('nas', failed());
    rig.refuse(true);
    await expect(rig.poll(['nas'], 4)).rejects.toThrow('nobody reads');
    rig.refuse(false);
    await rig.poll(['nas'], 3);
    expect(rig.categories()).toEqual(['fleet:nas host-down']);
    await store.query({ text: 'UPDATE fleet_events SET put_at = NULL WHERE muted IS NULL' });
    await rig.service.tell();
    const keys = rig.told.map(({ payload }) => (payload as { dedupKey: string }).dedupKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('is a reboot when the boot id changes, and nothing while it stays', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.poll(['nas'], 3);
    rig.answer('nas', answered({ bootId: 'boot-2', uptimeSeconds: 40 }));
    await rig.poll(['nas'], 3);
    expect(rig.texts()).toEqual(['fleet:nas host-rebooted: nas was rebooted, 40 s ago']);
  });

  it('is trouble that holds, by an average and not by a spike', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.poll(['nas'], 6);
    rig.answer('nas', answered({ load1: 30 }));
    await rig.poll(['nas']);
    rig.answer('nas', answered({ load1: 0.4 }));
    await rig.poll(['nas'], 8);
    expect(rig.told).toEqual([]);
    rig.answer('nas', answered({ load1: 30 }));
    await rig.poll(['nas'], 12);
    expect(await rig.state('nas')).toBe('degraded');
    rig.answer('nas', answered({ failedUnits: ['nginx.service'], load1: 30 }));
    await rig.poll(['nas'], 4);
    rig.answer('nas', answered({ failedUnits: [] }));
    await rig.poll(['nas'], 12);
    expect(rig.texts()).toEqual([
      expect.stringMatching(
        /^fleet:nas host-degraded: nas is not well: the load is \d\.\d a core, averaged over 5 min$/,
      ),
      expect.stringMatching(
        /host-degraded: nas is not well: the load is 7\.5 a core, averaged over 5 min; nginx.service has failed$/,
      ),
      'fleet:nas host-up: nas is well again',
    ]);
  });

  it('is one thing when a parent with thirty children dies, and nothing of them when it is back', async () => {
    const rig = fleetRig(store);
    await rig.add('router');
    const children = Array.from({ length: 30 }, (_, index) => `c${index}`);
    for (const name of children) await rig.add(name, { parent: 'router' });
    await rig.poll(['router', ...children], 2);
    for (const name of ['router', ...children]) rig.answer(name, failed('it did not answer'));
    // The children come first each time: they have failed three times before their parent has.
    await rig.poll([...children, 'router'], 6);
    expect(rig.texts()).toEqual([
      'fleet:router host-down: router is down: it did not answer; 30 hosts behind it cannot be reached',
    ]);
    expect(await rig.open()).toHaveLength(1);
    expect(new Set(await Promise.all(children.map((name) => rig.state(name))))).toEqual(
      new Set(['unreachable']),
    );
    for (const name of ['router', ...children]) rig.answer(name, answered());
    await rig.poll([...children, 'router'], 4);
    expect(rig.categories()).toEqual(['fleet:router host-down', 'fleet:router host-up']);
    expect(await rig.open()).toEqual([]);
  });

  it('blames a child that stays away once its parent has answered again', async () => {
    const rig = fleetRig(store);
    await rig.add('router');
    await rig.add('nas', { parent: 'router' });
    await rig.poll(['router', 'nas'], 2);
    rig.answer('router', failed());
    rig.answer('nas', failed());
    await rig.poll(['router', 'nas'], 5);
    rig.answer('router', answered());
    await rig.poll(['router', 'nas'], 3);
    expect(await rig.state('nas')).toBe('unreachable');
    // Three failed polls of its own, and an answer of the router after them.
    await rig.poll(['router', 'nas'], 4);
    expect(rig.categories()).toEqual([
      'fleet:router host-down',
      'fleet:router host-up',
      'fleet:nas host-down',
    ]);
  });

  it('blames nobody for an hour of blindness, and says once that it was blind', async () => {
    const rig = fleetRig(store);
    const names = ['nas', 'web', 'shed'];
    for (const name of names) await rig.add(name);
    await rig.poll(names, 2);
    rig.see({ gateway: false, addresses: false });
    for (const name of names) rig.answer(name, failed('it did not answer'));
    await rig.poll(names, 30);
    rig.restart();
    await rig.poll(names, 30);
    expect(rig.texts()).toEqual([
      'fleet fleet-blind: nothing can be seen from here: neither the gateway nor any of your addresses outside answers; no host is blamed until that is over',
    ]);
    expect(await Promise.all(names.map((name) => rig.state(name)))).toEqual(['up', 'up', 'up']);
    const { rows } = await store.query({
      text: `SELECT count(*)::int AS number FROM fleet_reports WHERE state = 'down'`,
    });
    expect(rows).toEqual([{ number: 0 }]);
    rig.see({ gateway: true, addresses: true });
    for (const name of names) rig.answer(name, answered());
    await rig.poll(names, 3);
    expect(rig.categories()).toEqual(['fleet fleet-blind', 'fleet fleet-sighted']);
    expect(await rig.open()).toEqual([]);
  });

  it('is that a host which reports by itself has not for three intervals, by the time of the database', async () => {
    const rig = fleetRig(store);
    await rig.add('laptop', { push: true, pushToken: 'a-token-of-the-laptop' });
    await rig.service.settle();
    expect(await rig.service.push('laptop', 'another-token-altogether', reportOf())).toBe('refused');
    expect(await rig.service.push('laptop', 'a-token-of-the-laptop', reportOf())).toBe('taken');
    rig.pass(minutes(2.5));
    await rig.service.settle();
    expect(await rig.state('laptop')).toBe('up');
    rig.pass(minutes(1));
    await rig.service.settle();
    await rig.service.settle();
    expect(rig.texts()).toEqual(['fleet:laptop host-down: laptop is down: it has not reported for 4 min']);
    for (let time = 0; time < 3; time += 1)
      await rig.service.push('laptop', 'a-token-of-the-laptop', reportOf());
    await rig.service.settle();
    expect(rig.categories()).toEqual(['fleet:laptop host-down', 'fleet:laptop host-up']);
  });

  it('counts the silence of a host from when somebody listened', async () => {
    const rig = fleetRig(store);
    await rig.add('laptop', { push: true, pushToken: 'a-token-of-the-laptop' });
    await rig.service.push('laptop', 'a-token-of-the-laptop', reportOf());
    rig.pass(8 * HOUR);
    rig.restart();
    await rig.service.settle();
    rig.pass(minutes(2));
    await rig.service.settle();
    expect(rig.told).toEqual([]);
    rig.pass(minutes(2));
    await rig.service.settle();
    expect(rig.categories()).toEqual(['fleet:laptop host-down']);
  });

  it('is recorded and not sent during maintenance; what still holds then is sent after it', async () => {
    const rig = fleetRig(store);
    await rig.add('nas', { maintenanceUntil: new Date(rig.now().getTime() + minutes(10)).toISOString() });
    rig.answer('nas', answered());
    await rig.poll(['nas']);
    rig.answer('nas', failed());
    await rig.poll(['nas'], 4);
    rig.answer('nas', answered({ bootId: 'boot-2' }));
    await rig.poll(['nas'], 3);
    expect(rig.told).toEqual([]);
    const host = await findHost(store, 'nas');
    const recorded = await eventsOfHost(store, host?.id ?? 0, 10);
    expect(recorded.map(({ category, muted }) => [category, muted])).toEqual([
      ['host-up', 'maintenance'],
      ['host-rebooted', 'maintenance'],
      ['host-down', 'maintenance'],
      ['host-up', 'maintenance'],
    ]);
    rig.answer('nas', failed());
    await rig.poll(['nas'], 4);
    expect(rig.categories()).toEqual(['fleet:nas host-down']);
  });

  it('is damped while a host goes up and down, and said once more when that is over', async () => {
    const rig = fleetRig(store);
    await rig.add('nas', { downAfter: 1, upAfter: 1 });
    await rig.poll(['nas']);
    for (let turn = 0; turn < 12; turn += 1) {
      rig.answer('nas', turn % 2 === 0 ? failed() : answered());
      await rig.poll(['nas'], 2);
    }
    expect(rig.categories()).toHaveLength(6);
    expect(rig.texts().at(-1)).toMatch(/nas goes up and down, 6 times within an hour/);
    rig.answer('nas', failed());
    await rig.poll(['nas'], 35);
    expect(rig.categories().slice(6)).toEqual(['fleet:nas host-down']);
  });

  it('is reminded of as often as is wanted, and never starts an agent again', async () => {
    const rig = fleetRig(store);
    await rig.add('nas', { remindHours: 1 });
    rig.answer('nas', failed());
    await rig.poll(['nas'], 130);
    expect(rig.told.map(({ priority, category }) => `${priority} ${category}`)).toEqual([
      'URGENT host-down',
      'HIGH host-down',
      'HIGH host-down',
    ]);
  });

  it('is a certificate once for each threshold, also behind a name with two servers', async () => {
    const rig = fleetRig(store);
    await rig.add('web', { every: 3_600_000 });
    const until = (days: number) => ({
      name: 'web:443',
      endsAt: new Date(rig.now().getTime() + days * DAY).toISOString(),
    });
    const [old, renewed] = [until(8), until(90)];
    let turn = 0;
    rig.answer('web', () => answered({ certificates: [(turn += 1) % 2 === 0 ? old : renewed] }));
    for (let hour = 0; hour < 9 * 24; hour += 6) {
      rig.pass(6 * HOUR);
      await rig.service.poll('web');
      await rig.service.settle();
    }
    expect(rig.texts()).toEqual([
      expect.stringMatching(/certificate: web: the certificate of web:443 ends in 7 days/),
      expect.stringMatching(/ends in [67] days/),
      expect.stringMatching(/ends within \d+ hours/),
    ]);
    rig.answer('web', answered({ certificates: [renewed] }));
    rig.pass(4 * HOUR);
    await rig.service.poll('web');
    await rig.service.settle();
    expect(await rig.open()).toEqual([]);
  });
});

describe('an alert', () => {
  it('ends with its cause, also where the row that closes it was lost', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    rig.answer('nas', failed());
    await rig.poll(['nas'], 4);
    expect(await rig.open()).toEqual(['nas is down: the connection was refused']);
    await store.query({
      text: `UPDATE machines SET state = 'up', memory = memory || '{"told": "up", "failures": 0, "successes": 3}'`,
    });
    await rig.service.settle();
    expect(await rig.open()).toEqual([]);
  });
});

describe('a disk', () => {
  it('is predicted full from a day of growth, once, with the date; a burst of writes predicts nothing', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.add('apt');
    const total = 100e9;
    const disk = (used: number) => ({
      mount: '/',
      used,
      total,
      free: total - used,
      inodesUsed: null,
      inodesTotal: null,
    });
    for (let half = 0; half <= 60; half += 1) {
      rig.pass(30 * MINUTE);
      rig.answer('nas', answered({ disks: [disk(82e9 + half * 0.1e9)] }));
      rig.answer('apt', answered({ disks: [disk(half > 54 ? 94e9 : 84e9)] }));
      await rig.service.poll('nas');
      await rig.service.poll('apt');
    }
    const keep = () =>
      rig.service.keep({ signal: AbortSignal.timeout(60_000), mayDelete: () => Promise.resolve(false) });
    await keep();
    await rig.service.settle();
    await keep();
    rig.restart();
    await rig.service.settle();
    // 12 GB are left at 0.2 GB an hour.
    expect(rig.texts()).toEqual([
      'fleet:nas disk-filling: nas: / is 88 % full and will be full on 2026-12-02 if it goes on like this',
    ]);
    expect(await rig.open()).toHaveLength(1);
  });
});

describe('the evidence of what happened', () => {
  it('has the last reports, what changed, the other hosts, and how it went the last time', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.add('shed');
    await rig.poll(['nas', 'shed'], 2);
    rig.answer('nas', failed());
    rig.answer('shed', failed('there is no route to it'));
    await rig.poll(['nas', 'shed'], 4);
    rig.answer('nas', answered({ kernel: 'Linux 6.2', failedUnits: ['nginx.service'] }));
    await rig.poll(['nas', 'shed'], 4);
    rig.answer('nas', failed());
    await rig.poll(['nas', 'shed'], 4);
    const text = (rig.told.at(-1)?.payload as { text: string }).text;
    expect(rig.told.at(-1)).toMatchObject({ category: 'host-down', priority: 'URGENT', source: 'fleet:nas' });
    expect(text).toMatch(/^nas is down: the connection was refused\n/);
    expect(text).toMatch(/Its last polls \(UTC\):\n(- .*\n)*- .* down: the connection was refused/);
    expect(text).toContain('shed is down since');
    expect(text).toMatch(
      /The last time:\n- .*nas is down: the connection was refused\n- it was over after \d+ min/,
    );
    expect(text).toContain('failed units: nginx.service');
    expect(await evidenceOf(store, { host: null } as never)).toMatch(/^Other hosts:/);
  });
});

describe('hosts of config.json', () => {
  it('are added, changed and removed as they are declared, and keep their state where they are the same', async () => {
    const rig = fleetRig(store);
    const web = { http: 'http://web.test/', every: 60_000 };
    const declare = (hosts: Parameters<typeof declareHosts>[1]) =>
      declareHosts(store, hosts, { worker: home, now: rig.now() });
    await rig.add('mine');
    expect(await declare({ web, mine: web })).toEqual({
      added: ['web'],
      changed: [],
      removed: [],
      problems: ['the host mine of config.json is not taken: there is one of that name'],
    });
    await rig.poll(['web']);
    expect(await declare({ web })).toEqual({ added: [], changed: [], removed: [], problems: [] });
    expect(await rig.state('web')).toBe('up');
    expect(await declare({ web: { ...web, every: 5_000 } })).toMatchObject({ changed: ['web'] });
    expect(await declare({})).toMatchObject({ removed: ['web'] });
    expect(await rig.state('mine')).toBe('unknown');
  });
});

describe('a removed host', () => {
  it('is nowhere, and comes back paused as it was, with its parent, those behind it and its reports', async () => {
    const rig = fleetRig(store);
    await rig.add('router');
    await rig.add('nas', { parent: 'router' });
    await rig.add('camera', { parent: 'nas' });
    await rig.poll(['nas']);
    const needs = {
      store,
      bus: { emit: () => undefined },
      fleetDesk: { service: rig.service, acceptKey: () => Promise.reject(new Error()), rawDays: () => 7 },
      now: () => new Date(rig.now()),
    };
    const caller = { by: 'cli' as const };
    const names = async () => (await listHosts(store)).map(({ name, parent }) => [name, parent]);
    const { id } = (await findHost(store, 'nas')) ?? { id: 0 };
    const reports = (await reportsOf(store, id, 9)).length;
    expect(reports).toBeGreaterThan(0);
    await pauseHost(needs, { name: 'nas', paused: true }, caller);
    await removeHost(needs, 'nas', caller);
    expect(await names()).toEqual([
      ['camera', null],
      ['router', null],
    ]);
    rig.pass(DAY);
    expect((await rig.service.claim(10, [])).due.map(({ name }) => name).sort()).toEqual([
      'camera',
      'router',
    ]);
    await restoreHost(needs, 'nas', caller);
    expect(await names()).toEqual([
      ['camera', 'nas'],
      ['nas', 'router'],
      ['router', null],
    ]);
    expect(await findHost(store, 'nas')).toMatchObject({ id, enabled: false, state: 'unknown' });
    expect(await reportsOf(store, id, 9)).toHaveLength(reports);
    await expect(restoreHost(needs, 'nas', caller)).rejects.toThrow(
      'no host nas was removed within the week',
    );

    await removeHost(needs, 'nas', caller);
    await rig.add('nas');
    await expect(restoreHost(needs, 'nas', caller)).rejects.toThrow('there is another host nas now');
    expect(await pruneRemoved(store, new Date(Number(rig.now()) + 8 * DAY))).toBe(1);
    expect(await reportsOf(store, id, 9)).toEqual([]);
  });
});

describe('a claim', () => {
  it('takes hosts that are due, sets when they are due again, and survives a clock that goes back', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.add('laptop', { push: true, pushToken: 'a-token-of-the-laptop' });
    const first = await rig.service.claim(10, []);
    expect(first.due.map(({ name }) => name)).toEqual(['nas']);
    expect(first.restMs).toBeLessThanOrEqual(30_000);
    expect((await rig.service.claim(10, [])).due).toEqual([]);
    rig.pass(-3 * HOUR);
    expect((await rig.service.claim(10, [])).due).toHaveLength(1);
    rig.pass(MINUTE + 10_000);
    expect((await rig.service.claim(0, [])).due).toEqual([]);
    expect((await rig.service.claim(5, [first.due[0]?.id ?? 0])).due).toEqual([]);
    expect((await rig.service.claim(5, [])).due).toHaveLength(1);
  });

  it('forgets nothing of a host whose definition changes', async () => {
    const rig = fleetRig(store);
    await rig.add('nas');
    await rig.poll(['nas']);
    const host = await findHost(store, 'nas');
    if (host === undefined) throw new Error('no host');
    await updateDefinition(store, {
      id: host.id,
      definition: { ...host, options: { ...defaultOptions, diskPercent: 80 } },
      worker: null,
      tokenHash: null,
      now: rig.now(),
    });
    expect(await findHost(store, 'nas')).toMatchObject({ state: 'up', options: { diskPercent: 80 } });
  });
});
