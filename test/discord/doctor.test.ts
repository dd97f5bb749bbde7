import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkDiscord } from '../../src/discord/doctor.ts';

const botId = '200000000000000001';
const ownerId = '300000000000000001';
const token = `${Buffer.from(botId).toString('base64')}.aaaaaa.${'b'.repeat(27)}`;

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

type Answer = { status?: number; body: unknown };

/** The REST API of Discord as far as a report asks it; a text is an answer that is no JSON. */
async function api(answers: Readonly<Record<string, Answer>>): Promise<string> {
  const asked = createServer(({ url = '', headers }, response) => {
    const known: Answer =
      headers.authorization === `Bot ${token}`
        ? (Object.entries(answers).find(([path]) => url === `/v10${path}`)?.[1] ?? { status: 404, body: {} })
        : { status: 401, body: { message: '401: Unauthorized' } };
    const isText = typeof known.body === 'string';
    response.writeHead(known.status ?? 200, { 'content-type': isText ? 'text/html' : 'application/json' });
    response.end(isText ? known.body : JSON.stringify(known.body));
  });
  await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve));
  stops.push(() => asked.close());
  return `http://127.0.0.1:${(asked.address() as AddressInfo).port}`;
}

const me = { '/users/@me': { body: { id: botId, username: 'ninja', bot: true } } };
const shared = {
  ...me,
  '/users/@me/guilds': { body: [{ id: '1' }] },
  [`/guilds/1/members/${ownerId}`]: { body: {} },
};

function check(
  settings: Readonly<Record<string, unknown>>,
  connection?: { state: string; reason: string | null; ownerId: string | null },
) {
  const known: Record<string, unknown> = { 'discord.token': token, 'discord.ownerId': ownerId, ...settings };
  return checkDiscord({
    settings: { get: (key: string) => known[key] ?? null },
    daemon: connection === undefined ? { state: 'absent' } : { state: 'running', status: {} },
    client: { ask: () => Promise.resolve(connection) },
  } as unknown as Parameters<typeof checkDiscord>[0]);
}

describe('checkDiscord', () => {
  it('has nothing to say where no token is set', async () => {
    expect(await check({ 'discord.token': null })).toEqual({ verdict: 'ok', found: 'not set up' });
  });

  it.each([
    ['the id of an application', '200000000000000001', 'digits only'],
    ['a token with a line break in it', 'aaa\nbbb', 'blanks'],
    ['a file that is not there', { file: '/nowhere/token' }, 'ENOENT'],
  ])('tells %s from a token, without asking anybody', async (_, source, words) => {
    expect(await check({ 'discord.token': source, 'discord.apiUrl': 'http://127.0.0.1:9' })).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining(words) as string,
    });
  });

  it('finds the bot, its owner, the server that they share, and how the connection is', async () => {
    const url = { 'discord.apiUrl': await api(shared) };
    expect(await check(url)).toEqual({ verdict: 'ok', found: `ninja (${botId})` });
    expect(await check(url, { state: 'ready', reason: null, ownerId })).toEqual({
      verdict: 'ok',
      found: `ninja (${botId}), ready`,
    });
    expect(await check(url, { state: 'parked', reason: 'no IDENTIFY is left', ownerId })).toMatchObject({
      verdict: 'warn',
      found: `ninja (${botId}) is parked: no IDENTIFY is left`,
    });
  });

  it('misses an owner, takes the one who is paired, and misses a server that both are in', async () => {
    const alone = { 'discord.apiUrl': await api({ ...me, '/users/@me/guilds': { body: [] } }) };
    expect(await check({ ...alone, 'discord.ownerId': null })).toMatchObject({
      verdict: 'warn',
      found: `ninja (${botId}) has no owner`,
    });
    const paired = { state: 'ready', reason: null, ownerId };
    expect(await check({ ...alone, 'discord.ownerId': null }, paired)).toMatchObject({
      verdict: 'fail',
      found: `ninja (${botId}) shares no server with you (${ownerId})`,
    });
  });

  it('tells another bot, a revoked token, a page of HTML and an address where nobody is', async () => {
    const other = await api({ '/users/@me': { body: { id: '2', username: 'other', bot: true } } });
    const broken = await api({ '/users/@me': { body: '<h1>Sorry</h1>' } });
    const founds = await Promise.all(
      [
        { 'discord.apiUrl': other },
        { 'discord.apiUrl': other, 'discord.token': `${token}c` },
        { 'discord.apiUrl': broken },
        { 'discord.apiUrl': 'http://127.0.0.1:9' },
      ].map((settings) => check(settings)),
    );
    expect(founds.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail', 'fail']);
    expect(founds.map(({ found }) => found)).toEqual([
      'the token is that of the bot 2 (other)',
      expect.stringContaining('does not take the token (401)'),
      expect.stringContaining('Discord is out of reach: it answers 200'),
      expect.stringContaining('Discord is out of reach: '),
    ]);
    expect(JSON.stringify(founds)).not.toContain(token);
  });
});
