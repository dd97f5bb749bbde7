import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { describe, expect, it, vi } from 'vitest';
import { type Panel, panels } from '../../public/js/panels/panels.js';
import { readAddress } from '../../public/js/shell/routes.js';
import type { BusFacts } from '../../src/bus.ts';
import { doctorChecks } from '../../src/doctor/checks.ts';
import { examine } from '../../src/doctor/examine.ts';
import { readSubject } from '../../src/doctor/subject.ts';
import { defaultRulesFor } from '../../src/events/router/default-rules.ts';
import { compileRules, route } from '../../src/events/router/route.ts';
import { apiRoutes } from '../../src/faces/dashboard/http/api.ts';
import { createBus } from '../../src/lib/bus.ts';
import { createLiveSettings } from '../../src/lib/config/live-settings.ts';
import { openHome } from '../../src/lib/config/open-home.ts';
import { settingsTable } from '../../src/lib/config/reference.ts';
import { createSettingsSchema } from '../../src/lib/config/schema.ts';
import { commandsOf, reflexesOf } from '../../src/lib/reflexes/declaration.ts';
import { createDispatch } from '../../src/lib/operations/dispatch.ts';
import type { AnswerOf, NeedsOf } from '../../src/lib/operations/operation.ts';
import { parseLine } from '../../src/lib/wire/parse-line.ts';
import { operations } from '../../src/operations.ts';
import { insertReply } from '../../src/outbox/rows/insert-deliveries.ts';
import { listDeliveries } from '../../src/outbox/rows/list-deliveries.ts';
import { declaredReflexes, type ReflexDeps } from '../../src/reflexes.ts';
import { declaredSettings, misfitRules } from '../../src/settings.ts';
import { createPlantChannel } from '../fixtures/toy-concern/channel.ts';
import { plantChecks } from '../fixtures/toy-concern/doctor.ts';
import type { PlantFacts } from '../fixtures/toy-concern/facts.ts';
import { plantOperations } from '../fixtures/toy-concern/operations.ts';
import { panel as plants } from '../fixtures/toy-concern/panel.js';
import { plantReflexes } from '../fixtures/toy-concern/reflexes.ts';
import { plantMisfits, plantSettings } from '../fixtures/toy-concern/settings.ts';
import { closeAfterTest } from '../helpers/closers.ts';
import { startOutbox } from '../helpers/outbox.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

// The lists of the roof with one line more each: what a concern adds to them, and all that it adds.
const schema = createSettingsSchema({ ...declaredSettings, ...plantSettings }, [
  ...misfitRules,
  plantMisfits,
]);
const reflexDeclarations = [...declaredReflexes, ...plantReflexes];
const checks = { ...doctorChecks, ...plantChecks };
const table = { ...operations, ...plantOperations };
const allPanels: readonly Panel[] = [...panels, plants];

function settingsOf(config: object = {}, env: Record<string, string> = {}) {
  const configFile = join(tempDir(), 'config.json');
  writeFileSync(configFile, JSON.stringify(config));
  return createLiveSettings(schema, { configFile, env });
}

describe('the settings of a concern', () => {
  it('are read beside all others, from file and environment', () => {
    const settings = settingsOf({ plants: { cups: 3 } }, { NINJAD_PORT: '8080' });
    expect([settings.get('plants.cups'), settings.get('port')]).toEqual([3, 8080]);
    expect(settingsOf({}, { NINJAD_PLANT_CUPS: '4' }).get('plants.cups')).toBe(4);
    expect(settingsTable(schema)).toContain(
      '| `plants.cups` | `2` | `NINJAD_PLANT_CUPS` | yes | How many cups of water a plant gets. |',
    );
  });

  it('are refused where they are bad, misspelt, or at odds with each other', () => {
    expect(() => settingsOf({ 'plants.cups': 0 })).toThrow('expected a whole number from 1 to 20, got 0');
    expect(() => settingsOf({ 'plants.cupz': 3 })).toThrow('did you mean plants.cups?');
    expect(() => settingsOf().check('plants.cups', 6)).toThrow('expected plants.maxCups (5) at most, got 6');
    expect(() => settingsOf({ 'lanes.total': 1 })).toThrow('lanes.reservedForHuman');
  });
});

describe('a reflex of a concern', () => {
  const bus = createBus<BusFacts & PlantFacts>((thrown) => expect.fail(String(thrown)));
  const reflexes = reflexesOf(reflexDeclarations, {
    ...({} as ReflexDeps),
    commands: commandsOf(reflexDeclarations),
    settings: settingsOf({ 'plants.cups': 3 }),
    bus,
  });
  const book = compileRules([], defaultRulesFor(reflexDeclarations));

  async function send(line: string) {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(parsed.reason);
    const decision = route(parsed.event, book);
    const reflex = reflexes[decision.route.slice('reflex:'.length)];
    const answer = await reflex?.({ position: 0, receivedAt: 0, event: parsed.event });
    return { ...decision, reply: answer?.reply };
  }

  it('is led to by its command, answers, and tells its fact', async () => {
    const thirsty: string[] = [];
    const forget = bus.on('plant.thirsty', ({ plant }) => void thirsty.push(plant));
    expect(await send('HUMAN|cli||ask|/water fern')).toEqual({
      rule: 'command-water',
      route: 'reflex:water',
      reply: 'The fern gets 3 cups.',
    });
    forget();
    expect(thirsty).toEqual(['fern']);
  });

  it('is led to by its category, and nobody else’s command', async () => {
    expect(await send('LOW|sensor:pot||dry-soil|/x fern')).toMatchObject({ rule: 'dry-soil' });
    expect(await send('LOW|sensor:pot||chat|/water fern')).toMatchObject({ route: 'task' });
  });

  it('stands in the help, before the help itself', async () => {
    const { reply } = await send('HUMAN|cli||ask|/help');
    expect(reply?.split('\n').slice(-2)).toEqual(['/water PLANT – has PLANT watered', '/help – this list']);
  });
});

it('has its check in the report of the doctor, with the settings that it reads', async () => {
  const paths = openHome(join(tempDir(), 'home'));
  const read = settingsOf({ 'plants.cups': 1 });
  const subject = { ...(await readSubject(paths, {}, () => read)), settings: read };
  const report = await examine(subject, checks);
  expect(report.map(({ check }) => check)).toEqual([...Object.keys(doctorChecks), 'plants']);
  expect(report.at(-1)).toEqual({
    check: 'plants',
    verdict: 'warn',
    found: 'one cup a plant',
    expected: 'two or more',
    advice: 'set plants.cups',
  });
});

it('has a panel with an address, a key of its own and a view', async () => {
  expect(readAddress('#/plants/fern', allPanels)).toEqual({ panel: 'plants', rest: ['fern'], query: {} });
  expect(new Set(allPanels.map(({ key }) => key)).size).toBe(allPanels.length);
  const { PlantsPanel } = await import('../fixtures/toy-concern/plants.js');
  expect(await plants.load()).toBe(PlantsPanel);
});

describe('on a store', () => {
  const { store } = useDatabase('activity_log', 'deliveries', 'delivery_channels', 'owner_notices');
  const now = new Date('2026-11-28T08:00:00Z');

  it('has operations that every face serves, records and tells of', async () => {
    const changed: string[] = [];
    const bus = createBus<BusFacts>((thrown) => expect.fail(String(thrown)));
    bus.on('list.changed', ({ list }) => changed.push(list));
    const watered = new Map<string, Date | null>([['fern', null]]);
    const needs = { store, bus, now: () => now, watered } as unknown as NeedsOf<typeof table>;
    const dispatch = createDispatch(table, needs, (thrown) => expect.fail(String(thrown)));

    const server = createServer(express().use('/api', apiRoutes(table, dispatch))).listen(0, '127.0.0.1');
    closeAfterTest(() => new Promise((resolve) => server.close(resolve)));
    await vi.waitFor(() => expect(server.listening).toBe(true), 20_000);
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/plants`;
    const headers = { authorization: 'Bearer the-token', connection: 'close' };
    const answer = await fetch(`${api}/fern/water`, { method: 'POST', headers });
    expect(await answer.json()).toEqual({ plant: 'fern', wateredAt: now.toISOString() });
    expect((await fetch(`${api}/oak/water`, { method: 'POST', headers })).status).toBe(404);
    const listed: AnswerOf<typeof table, 'plants.list'> = [{ plant: 'fern', wateredAt: now.toISOString() }];
    expect(await (await fetch(api, { headers })).json()).toEqual(listed);

    expect(changed).toEqual(['plants.list']);
    expect((await store.query({ text: 'SELECT action, detail FROM activity_log' })).rows).toEqual([
      { action: 'plant.watered', detail: { by: 'api' } },
    ]);
    expect(await dispatch('plant.water', { plant: 5 }, { by: 'cli' })).toMatchObject({ status: 400 });
  });

  it('has a channel that the outbox drains, and whose refusal the owner hears of', async () => {
    const said: [string, string][] = [];
    const channel = createPlantChannel((plant, text) => void said.push([plant, text]));
    const reply = (address: string) =>
      insertReply(store, {
        channel: 'plants',
        address,
        subject: `task:1:${address}`,
        body: { text: 'rain is coming', state: 'done' },
        eventId: 1,
        taskId: 1,
        now: new Date(),
      });
    await reply('fern');
    await reply('cactus');
    const outbox = startOutbox({ store, channels: [channel] });
    await vi.waitFor(
      async () =>
        expect((await listDeliveries(store, { limit: 9 })).map(({ state }) => state)).toEqual([
          'failed',
          'delivered',
        ]),
      20_000,
    );
    await outbox.stop();
    expect(said).toEqual([['fern', 'rain is coming']]);
    const { rows } = await store.query({ text: 'SELECT text FROM owner_notices' });
    expect(rows).toEqual([
      { text: 'The reply to task 1 could not be delivered by plants: a cactus does not listen.' },
    ]);
  });
});
