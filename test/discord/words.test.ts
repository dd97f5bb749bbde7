import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applicationCommands } from '../../src/discord/commands.ts';
import { decidedText } from '../../src/discord/decisions/card.ts';
import { customId, hashOfVersion, readCustomId } from '../../src/discord/decisions/custom-id.ts';
import { newCode, readCode } from '../../src/discord/pairing.ts';
import { channelErrorOf, refusalOf } from '../../src/discord/refusal.ts';
import { idAt, isAfter, madeAt } from '../../src/discord/snowflake.ts';
import { botIdOf, readToken, tokenProblem } from '../../src/discord/token.ts';
import { ChannelAwayError, ChannelBusyError, MessageRefusedError } from '../../src/outbox/channel.ts';
import { commandsOf } from '../../src/lib/reflexes/declaration.ts';
import { declaredReflexes } from '../../src/reflexes.ts';

describe('a token', () => {
  const token = `${Buffer.from('1100000000000000001').toString('base64').replace(/=+$/, '')}.Gabcde.xyz`;

  it('comes from the setting, a file, or the first line of a command', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'nj-'));
    try {
      writeFileSync(join(dir, 'token'), `Bot ${token}\n`);
      expect(await readToken(token)).toEqual({ token });
      expect(await readToken({ file: join(dir, 'token') })).toEqual({ token });
      expect(await readToken({ command: ['printf', `${token}\nnotes\n`] })).toEqual({ token });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('that is not to be had is a sentence without a secret in it', async () => {
    expect(await readToken({ file: '/nowhere/token' })).toEqual({
      problem: expect.stringMatching(/^the token's file gives none: ENOENT/) as string,
    });
    expect(await readToken({ command: ['false'] })).toEqual({
      problem: expect.stringMatching(/^the token's command gives none: /) as string,
    });
    expect(await readToken('')).toEqual({ problem: 'the token is empty' });
  });

  it('of digits only is the id of the application', () => {
    expect(tokenProblem('1100000000000000001')).toMatch(/digits only: that is an id of the application/);
    expect(tokenProblem(token)).toBeUndefined();
  });

  it('names its bot', () => {
    expect(botIdOf(token)).toBe('1100000000000000001');
    expect(botIdOf('fake.to.ken')).toBeUndefined();
  });
});

describe('what discord.js throws', () => {
  const apiError = (status: number, code: number, message = 'no') =>
    Object.assign(new Error(message), { status, code, rawError: { code, message } });

  it.each([
    [apiError(403, 50007), MessageRefusedError, /shared no server|share no server/],
    [apiError(400, 50035, 'Invalid Form Body'), MessageRefusedError, /Invalid Form Body \(50035\)/],
    [Object.assign(new Error('x'), { status: 502 }), ChannelAwayError, /502/],
    [Object.assign(new Error('x'), { status: 403, rawError: new ArrayBuffer(3) }), ChannelAwayError, /403/],
    [Object.assign(new Error('x'), { timeToReset: 900, retryAfter: 1_200 }), ChannelBusyError, /pause/],
    [apiError(401, 0), ChannelAwayError, /revoked/],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), ChannelAwayError, /ECONNREFUSED/],
    ['no error at all', ChannelAwayError, /no error at all/],
    [undefined, ChannelAwayError, /undefined/],
  ])('%s is an outcome of the outbox', (thrown, kind, words) => {
    const error = channelErrorOf(thrown, null);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(words);
  });

  it('says whether the request may have had its effect', () => {
    expect(refusalOf(Object.assign(new Error('x'), { status: 500 }))).toMatchObject({ arrived: true });
    expect(refusalOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
      arrived: false,
    });
    expect(refusalOf(Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }))).toMatchObject({
      arrived: true,
    });
  });
});

describe('ids', () => {
  it('tell when a thing was made', () => {
    const at = Date.parse('2026-11-28T12:00:00Z');
    expect(madeAt(idAt(at))).toBe(at);
    expect(madeAt('175928847299117063')).toBe(Date.parse('2016-04-30T11:18:25.796Z'));
    expect(isAfter('1000', '999')).toBe(true);
    expect(isAfter('999', '1000')).toBe(false);
    expect(isAfter('1', null)).toBe(true);
  });

  it('of buttons hold all that a click needs, within 100 characters', () => {
    const press = { kind: 'wish', id: 12, choice: 'approve', hash: hashOfVersion('proposed') };
    expect(customId(press)).toMatch(/^n1:wish:12:approve:[0-9a-f]{8}$/);
    expect(readCustomId(customId(press))).toEqual(press);
    expect(
      customId({ kind: 'a'.repeat(12), id: 999_999_999_999_999, choice: 'b'.repeat(16), hash: 'c'.repeat(8) })
        .length,
    ).toBeLessThan(100);
    for (const text of [
      '',
      'n2:wish:1:approve:00000000',
      'n1:wish:x:approve:00000000',
      'n1:wish:1:approve:0',
    ])
      expect(readCustomId(text)).toBeUndefined();
  });

  it('of pairings are eight characters that nobody mistakes, however they are typed', () => {
    expect(newCode()).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(readCode(' ab2c-d3ef ')).toBe('AB2CD3EF');
  });
});

describe('words', () => {
  it('tell when and where something was decided', () => {
    const at = new Date(2026, 10, 28, 14, 2);
    const now = new Date(2026, 10, 28, 20, 0);
    expect(decidedText({ how: 'approved', at, by: 'dashboard' }, now)).toBe(
      'approved at 14:02 on the dashboard',
    );
    expect(decidedText({ how: 'rejected', at: null, by: null }, now)).toBe('rejected');
    expect(decidedText({ how: 'approved', at, by: 'cli' }, new Date(2026, 11, 1))).toBe(
      'approved at 2026-11-28 14:02 on the command line',
    );
  });

  it('of the reflexes are application commands for DMs', () => {
    const commands = applicationCommands(commandsOf(declaredReflexes));
    expect(commands.map(({ name }) => name)).toContain('status');
    expect(commands.length).toBe(commandsOf(declaredReflexes).length);
    for (const { name, description, contexts } of commands) {
      expect(name).toMatch(/^[a-z-]{1,32}$/);
      expect(description.length).toBeLessThanOrEqual(100);
      expect(contexts).toEqual([1]);
    }
  });
});
