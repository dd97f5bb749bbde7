import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAlerts } from '../../src/alerts/alert-file.ts';
import { createAlarm } from '../../src/alerts/alarm.ts';
import type { AlertValues } from '../../src/alerts/settings.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { createProgramRunner } from '../../src/lib/process/run-program.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { createSettings } from '../../src/settings.ts';
import { closeAfterTest } from '../helpers/closers.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

const database = useDatabase('owner_notices');
// After the database, which is to stay.
leakGuard();
const minute = 60_000;

/** An alarm with a clock of its own; `seen` marks all notices as seen. */
function rig(config: Partial<AlertValues> = {}, store: Store = database.store) {
  const home = tempDir();
  const configFile = join(home, 'config.json');
  writeFileSync(configFile, JSON.stringify(config));
  let now = Date.parse('2026-11-29T02:00:00Z');
  const reported: string[] = [];
  const alertFile = join(home, 'alert');
  const alarm = createAlarm({
    settings: createSettings({ configFile, env: {} }),
    store,
    alertFile,
    programs: createProgramRunner({
      worker: randomUUID(),
      containment: { tier: 'marker', base: null, reason: 'a test' },
      strays: { begin: () => undefined, claims: () => () => false, end: () => undefined },
      folder: home,
      graceMs: () => 1_000,
    }),
    env: { PATH: '/usr/bin:/bin' },
    home,
    now: () => new Date(now),
    report: (problem) => reported.push(problem),
  });
  return {
    home,
    alertFile,
    reported,
    look: () => alarm(new AbortController().signal),
    pass: (ms: number) => (now += ms),
    notice: (origin: string, text: string) =>
      store.query({
        text: 'INSERT INTO owner_notices (at, origin, text) VALUES ($1, $2, $3)',
        values: [new Date(now), origin, text],
      }),
    seen: () => store.query({ text: 'UPDATE owner_notices SET seen_at = now() WHERE seen_at IS NULL' }),
  };
}

/** A service of notifications on loopback, with what it was sent. */
async function service(answers: number[] = []) {
  const sent: { title: string; text: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      sent.push({ title: String(request.headers['title']), text });
      response.writeHead(answers.shift() ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterTest(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/topic`, sent };
}

it('tells what is urgent and was not seen, once, and has it stand in the alert file until it is seen', async () => {
  const { url, sent } = await service();
  const { look, notice, pass, seen, alertFile } = rig({ 'alarm.url': url });
  await seen();
  await notice('agent', 'claude is logged out');
  await notice('task', 'the report is ready');
  await look();
  pass(29 * minute);
  await look();
  expect(sent).toEqual([]);
  expect(existsSync(alertFile)).toBe(false);
  pass(minute);
  await look();
  pass(minute);
  await look();
  expect(sent).toEqual([{ title: 'ninjad: agent', text: 'claude is logged out' }]);
  expect(readAlerts(alertFile)).toMatchObject([{ name: 'unseen', text: 'claude is logged out' }]);
  await seen();
  await look();
  expect(existsSync(alertFile)).toBe(false);
});

it('runs the owner’s program with the text in words and environment, and neither is a shell’s to read', async () => {
  const home = tempDir();
  const program = join(home, 'tell');
  writeFileSync(program, `#!/bin/sh\nprintf '%s|%s|%s' "$1" "$2" "$NINJAD_TEXT" > ${home}/told\n`);
  chmodSync(program, 0o700);
  const { look, notice, pass, seen } = rig({ 'alarm.command': [program, '{title}', '{text}'] });
  await seen();
  const text = `$(touch ${home}/owned) $& "quoted"`;
  await notice('upkeep', text);
  pass(30 * minute);
  await look();
  expect(readFileSync(join(home, 'told'), 'utf8')).toBe(`ninjad: upkeep|${text}|${text}`);
  expect(existsSync(join(home, 'owned'))).toBe(false);
});

it('tries again after a while where nobody has taken it, and says why', async () => {
  const { url, sent } = await service([500]);
  const { look, notice, pass, seen, reported } = rig({ 'alarm.url': url });
  await seen();
  await notice('mail', 'a mailbox is away');
  pass(30 * minute);
  await look();
  expect(reported).toEqual(['the service behind alarm.url answered 500']);
  pass(4 * minute);
  await look();
  expect(sent).toHaveLength(1);
  pass(minute);
  await look();
  await look();
  expect(sent).toHaveLength(2);
});

it('tells that the database has been away for long, and takes it back when it is there', async () => {
  const { url, sent } = await service();
  let isAway = true;
  const store: Store = {
    query: (statement) =>
      isAway
        ? Promise.reject(new StoreAwayError('the database is not ready'))
        : database.store.query(statement),
    transaction: (work) => database.store.transaction(work),
  };
  const { look, pass, alertFile } = rig({ 'alarm.url': url, 'alarm.origins': [] }, store);
  await look();
  pass(29 * minute);
  await look();
  expect(sent).toEqual([]);
  pass(minute);
  await look();
  pass(10 * minute);
  await look();
  expect(sent).toMatchObject([
    { title: 'ninjad: database', text: expect.stringMatching(/not ready.*events are kept/) as string },
  ]);
  expect(readAlerts(alertFile)).toMatchObject([{ name: 'database' }]);
  isAway = false;
  await look();
  expect(existsSync(alertFile)).toBe(false);
});

it('tells by the other ways where the alert file cannot be written, and once though the store cannot note it', async () => {
  const { url, sent } = await service();
  let isFull = true;
  const store: Store = {
    query: (statement) =>
      isFull && statement.name === 'alarm-noted'
        ? Promise.reject(new Error('could not extend file: No space left on device'))
        : database.store.query(statement),
    transaction: (work) => database.store.transaction(work),
  };
  const { look, notice, pass, seen, reported, alertFile } = rig({ 'alarm.url': url }, store);
  await seen();
  await notice('storage', 'the disk is full');
  // A file beside which nothing can be written, for root either.
  mkdirSync(join(`${alertFile}.new`, 'in the way'), { recursive: true });
  pass(30 * minute);
  await expect(look()).rejects.toThrow('No space left');
  pass(minute);
  await expect(look()).rejects.toThrow('No space left');
  expect(sent).toEqual([{ title: 'ninjad: storage', text: 'the disk is full' }]);
  expect(reported).toContainEqual(expect.stringMatching(/^the alert file could not be written: /));
  isFull = false;
  await look();
  await look();
  expect(sent).toHaveLength(1);
  const { rows } = await database.store.query({
    text: 'SELECT 1 FROM owner_notices WHERE seen_at IS NULL AND alarmed_at IS NULL',
  });
  expect(rows).toEqual([]);
});

it('tells the beginning of what is too long for a word of a program, and where the rest is', async () => {
  const home = tempDir();
  const program = join(home, 'tell');
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$NINJAD_TEXT" > ${home}/told\n`);
  chmodSync(program, 0o700);
  const { look, notice, pass, seen, reported } = rig({ 'alarm.command': [program] });
  await seen();
  for (let count = 0; count < 20; count += 1) await notice('agent', '忍'.repeat(2_500));
  pass(30 * minute);
  await look();
  expect(reported).toEqual([]);
  expect(readFileSync(join(home, 'told'), 'utf8')).toMatch(/^忍{1000}… \(ninjad notices has all of it\)$/);
});

it('tells nothing where that is switched off', async () => {
  const { url, sent } = await service();
  const { look, notice, pass, alertFile } = rig({ 'alarm.url': url, 'alarm.afterMinutes': null });
  await notice('agent', 'nobody hears this');
  pass(1_000 * minute);
  await look();
  expect(sent).toEqual([]);
  expect(existsSync(alertFile)).toBe(false);
});
