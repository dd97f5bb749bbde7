import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { createConnect } from '../../actors/mail/connect.ts';
import { createLook } from '../../actors/mail/look.ts';
import { createMailParser } from '../../actors/mail/parser.ts';
import { createSession } from '../../actors/mail/session.ts';
import { mailFolderMachine } from '../../machines/mail-folder/machine.ts';
import type { Account } from '../../src/mail/account.ts';
import type { FolderClient } from '../../src/mail/client.ts';
import { createMailDesk, type MailDesk } from '../../src/mail/desk.ts';
import { until } from '../helpers/daemon.ts';
import { accountAt, folderRig, mailOf } from '../helpers/mail/folder-rig.ts';
import { ScriptedServer } from '../helpers/mail/scripted-server.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('mail_folders', 'mail_seen', 'events');
const parser = createMailParser();
let server: ScriptedServer;
let stop = (): void => undefined;

beforeEach(async () => {
  server = await new ScriptedServer().start();
});
afterEach(async () => {
  stop();
  await server.stop();
});
afterAll(() => parser.close());

/** The whole watcher: machine, actors, connection, rows. Its times are short. */
function watch({
  account = accountAt(server.url),
  pollMs = 60_000,
  commandMs = 1_000,
}: { account?: Account; pollMs?: number; commandMs?: number } = {}) {
  const states: string[] = [];
  const reasons: (string | null)[] = [];
  const told: (string | null)[] = [];
  const rig = folderRig(store, account, { parser });
  const desk: MailDesk = createMailDesk(
    [{ name: account.name, folder: 'INBOX', source: account.source }],
    () => undefined,
  );
  let open: FolderClient | undefined;
  const deps = rig.depsOf(undefined as never);
  const actor = createActor(
    mailFolderMachine.provide({
      actors: {
        connect: createConnect({
          account,
          env: process.env,
          commandMs: () => commandMs,
          keep: (client) => (open = client),
        }),
        session: createSession({ account, desk, client: () => open as FolderClient }),
        look: createLook({ ...deps, desk, client: () => open as FolderClient }),
      },
      actions: {
        noteState: ({ context: { reason } }, { state }) => {
          states.push(state);
          reasons.push(reason);
          desk.note(account.name, 'INBOX', { state, reason });
        },
        tellOutage: (_, { reason }) => void told.push(reason),
        endOutage: () => undefined,
        reportFailure: () => undefined,
      },
    }),
    { input: { account: account.name, folder: 'INBOX', times: () => ({ pollMs, retryMs: 50 }) } },
  );
  stop = () => actor.stop();
  actor.start();
  const is = (state: string) =>
    until(`it is ${state}: ${states.join()}`, () => states.at(-1) === state, 30_000);
  return { rig, desk, states, reasons, told, is };
}

describe('a server that fails', () => {
  it('and goes silent with an open socket is noticed by the poll, and what came meanwhile is one event', async () => {
    const { rig, is, states } = watch({ pollMs: 200, commandMs: 500 });
    await is('watching');
    let isSilent = true;
    server.script = () => (isSilent ? null : undefined);
    server.mails.push({ uid: server.uidNext, raw: mailOf({ Subject: 'meanwhile' }) });
    server.uidNext += 1;
    await is('away');
    isSilent = false;
    await until('the mail has come', () => rig.events.length > 0, 30_000);
    expect(states).toContain('away');
    expect(rig.subjects()).toEqual(['meanwhile']);
  });

  it('and sends half a literal is left, and the mail is told by its headers after two tries', async () => {
    server.script = (command, line, socket) => {
      if (command !== 'UID FETCH' || !line.includes('BODYSTRUCTURE')) return undefined;
      socket.write('* 1 FETCH (UID 1 BODYSTRUCTURE {5000}\r\n("TEXT" "PL');
      return null;
    };
    const { rig, is } = watch({ commandMs: 300 });
    await is('watching');
    server.file(mailOf({ Subject: 'broken' }));
    await until('it has come', () => rig.events.length > 0, 30_000);
    expect(rig.payloads()).toMatchObject([
      { subject: 'broken', from: 'ann@example.net', unparsed: 'the server could not hand over its parts' },
    ]);
  });

  it('and says BYE is connected to again, and its word is the reason', async () => {
    const { rig, is, reasons } = watch();
    await is('watching');
    for (const socket of server.sockets) socket.end('* BYE maintenance until noon\r\n');
    await until(
      'it was away',
      () => reasons.some((reason) => reason?.includes('maintenance until noon') === true),
      30_000,
    );
    await is('watching');
    server.file(mailOf({ Subject: 'after' }));
    await until('the mail has come', () => rig.events.length === 1, 30_000);
  });

  it('and throttles the login is not taken for one that refuses the password', async () => {
    server.script = (command) =>
      command === 'AUTHENTICATE' ? ['TAG NO [LIMIT] Rate limit hit, try later'] : undefined;
    const { is, reasons, states } = watch();
    await is('throttled');
    expect(reasons.at(-1)).toMatch(/^throttled: 127\.0\.0\.1 asks for a pause/);
    expect(states).not.toContain('unauthorised');
  });

  it.each([
    [
      'NO [AUTHENTICATIONFAILED] Invalid credentials',
      'unauthorised',
      /^wrong password: .* of me@example\.org/,
    ],
    [
      'NO LOGIN failed: Basic authentication is disabled.',
      'unauthorised',
      /^basic authentication is disabled.*tokenCommand/,
    ],
    ['NO [ALERT] Too many simultaneous connections. (Failure)', 'throttled', /^too many connections: /],
    ['NO [UNAVAILABLE] Temporary authentication failure', 'away', /cannot check logins at the moment/],
  ])('and answers the login with %s', async (answer, state, reason) => {
    server.script = (command) => (command === 'AUTHENTICATE' ? [`TAG ${answer}`] : undefined);
    const { is, reasons, told } = watch();
    await is(state);
    expect(reasons.at(-1)).toMatch(reason);
    expect(reasons.at(-1)).not.toContain('secret');
    expect(told.length > 0).toBe(state === 'unauthorised');
  });

  it('and is authenticated but not connected says that there are too many connections', async () => {
    server.capabilities += ' NAMESPACE';
    server.script = (command) =>
      command === 'NAMESPACE' ? ['TAG BAD User is authenticated but not connected.'] : undefined;
    const { is, reasons } = watch();
    await is('throttled');
    expect(reasons.at(-1)).toMatch(/^too many connections/);
  });

  it('and has no such folder is parked with that sentence', async () => {
    server.script = (command) =>
      command === 'EXAMINE'
        ? ['TAG NO [NONEXISTENT] Unknown Mailbox']
        : command === 'LIST'
          ? ['TAG OK']
          : undefined;
    const { is, reasons } = watch();
    await is('parked');
    expect(reasons.at(-1)).toBe('there is no folder INBOX');
  });

  it('and opens the folder for writing is not read', async () => {
    server.script = (command) =>
      command === 'EXAMINE'
        ? ['* 0 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 1] x', 'TAG OK [READ-WRITE] done']
        : undefined;
    const { is, reasons } = watch();
    await is('parked');
    expect(reasons.at(-1)).toBe('the server has opened the folder for writing');
  });

  it('and resets the line while it idles ends no process', async () => {
    const { is } = watch();
    await is('watching');
    for (const socket of server.sockets) socket.resetAndDestroy();
    await is('away');
    await is('watching');
  });
});

describe('numbers that say nothing', () => {
  it('UIDNEXT that goes back: what was seen is not new, what came is, also under a number that was used', async () => {
    const { rig, is } = watch({ pollMs: 100 });
    await is('watching');
    for (const subject of ['a', 'b', 'c']) server.file(mailOf({ Subject: subject }));
    await until('three have come', () => rig.events.length === 3, 30_000);
    // Another mail has the number of the second one now.
    server.mails = [
      { ...(server.mails[0] as { uid: number; raw: string }) },
      { uid: 2, raw: mailOf({ Subject: 'd' }) },
    ];
    server.uidNext = 3;
    await until('the new one has come', () => rig.events.length === 4, 30_000);
    server.file(mailOf({ Subject: 'e' }));
    await until('the next one has come', () => rig.events.length === 5, 30_000);
    expect(rig.subjects()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('another UIDVALIDITY at each connection: nothing comes twice', async () => {
    const { rig, is } = watch({ pollMs: 100 });
    await is('watching');
    server.file(mailOf({ Subject: 'a', 'Message-ID': null }));
    await until('it has come', () => rig.events.length === 1, 30_000);
    for (let round = 0; round < 3; round += 1) {
      const logins = server.logins;
      server.uidValidity += 1;
      server.cut();
      await until('it is connected again', () => server.logins > logins, 30_000);
      await is('watching');
    }
    server.file(mailOf({ Subject: 'b' }));
    await until('the next one has come', () => rig.events.length >= 2, 30_000);
    expect(rig.subjects()).toEqual(['a', 'b']);
  });
});

describe('what is said to a server', () => {
  it('is EXAMINE and PEEK only; no ID is sent to one that does not ask for it, and IDLE is between the looks', async () => {
    const { rig, is } = watch();
    await is('watching');
    server.file(mailOf({ Subject: 'a' }));
    await until('it has come', () => rig.events.length === 1, 30_000);
    const said = server.lines.join('\n');
    expect(said).not.toMatch(/\b(?:SELECT|STORE|APPEND|EXPUNGE|COPY|MOVE|ID)\b/);
    expect(said).not.toMatch(/BODY\[|RFC822(?!\.SIZE)/);
    expect(said).toMatch(/BODY\.PEEK\[1\]<0\.262144>/);
    await until('it idles', () => server.lines.at(-1) === 'IDLE', 30_000);
  });

  it('is ID where it is advertised', async () => {
    server.capabilities += ' ID';
    const { is } = watch();
    await is('watching');
    expect(server.lines.some((line) => /^ID \(.*"ninjad"/.test(line))).toBe(true);
  });

  it('is a token where a program prints one, and another when the first is refused', async () => {
    server.capabilities = 'IMAP4rev1 SASL-IR AUTH=XOAUTH2';
    const tokens: string[] = [];
    server.script = (command, line) => {
      if (command !== 'AUTHENTICATE') return undefined;
      const sent = Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString();
      tokens.push(/Bearer ([^\x01]*)/.exec(sent)?.[1] ?? '');
      return tokens.length === 1 ? ['TAG NO [AUTHENTICATIONFAILED] expired'] : ['TAG OK'];
    };
    const account = accountAt(server.url, { secret: { kind: 'token', command: 'date +%s%N' } });
    const { is } = watch({ account });
    await is('watching');
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toMatch(/^\d+$/);
    expect(tokens[1]).not.toBe(tokens[0]);
  });
});

it('a request to catch up is answered by the folder, and refused while it is not watched', async () => {
  server.file(mailOf({ Subject: 'old' }));
  const { rig, desk, is } = watch();
  await expect(desk.catchUp('default', 'INBOX', new Date(0))).rejects.toThrow(/is connecting/);
  await is('watching');
  expect(rig.events).toEqual([]);
  const hourAgo = new Date(Date.now() - 3_600_000);
  expect(await desk.catchUp('default', 'INBOX', hourAgo)).toMatchObject({ found: 1, taken: 1 });
  expect(rig.subjects()).toEqual(['old']);
  server.script = () => null;
  server.cut();
  await is('away');
  await expect(desk.catchUp('default', 'INBOX', hourAgo)).rejects.toThrow(/is away: /);
});
