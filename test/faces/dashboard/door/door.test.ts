import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDoor, type Door, type DoorHeaders } from '../../../../src/faces/dashboard/door/door.ts';
import { DAY } from '../../../../src/lib/time.ts';

let home: string;
let now: number;
let door: Door;
const open = (): Door =>
  createDoor({
    tokenPath: join(home, 'token'),
    sessionsPath: join(home, 'sessions.json'),
    names: () => [],
    now: () => now,
  });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'njd-door-'));
  now = Date.UTC(2026, 10, 28);
  door = open();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The headers of a browser that has come in. */
function enter(): DoorHeaders & { cookie: string; 'x-ninjad-key': string } {
  const session = door.redeem(door.issueCode().code);
  if (session === undefined) throw new Error('the code was refused');
  return {
    host: '127.0.0.1:7717',
    cookie: session.cookie.split(';')[0] ?? '',
    'x-ninjad-key': session.key,
  };
}
const as = (headers: DoorHeaders, key?: unknown): string => door.admit(headers, key).as;

describe('a session', () => {
  it('lets in by both halves only', () => {
    const whole = enter();
    const other = enter();
    const { 'x-ninjad-key': key, ...cookieOnly } = whole;
    const { cookie, ...keyOnly } = whole;
    expect(as(whole)).toBe('session');
    expect(as(cookieOnly)).toBe('half-session');
    expect(as(keyOnly)).toBe('nobody');
    expect(as({ ...whole, 'x-ninjad-key': other['x-ninjad-key'] })).toBe('half-session');
    expect(as({ ...whole, cookie: other.cookie })).toBe('half-session');
    expect(cookie).not.toContain(key);
  });

  it('may show its key beside the headers, as a socket does', () => {
    const { 'x-ninjad-key': key, ...cookieOnly } = enter();
    expect([key, 'guess', undefined, 7, { key }].map((shown) => as(cookieOnly, shown))).toEqual([
      'session',
      'half-session',
      'half-session',
      'half-session',
      'half-session',
    ]);
  });

  it('ends alone when its browser leaves, also beyond a restart', () => {
    const [leaving, staying] = [enter(), enter()];
    const ended: unknown[] = [];
    door.onEnded((which) => ended.push(which));
    door.leave(leaving);
    expect(ended).toHaveLength(1);
    expect([as(leaving), as(staying)]).toEqual(['nobody', 'session']);
    door = open();
    expect([as(leaving), as(staying)]).toEqual(['nobody', 'session']);
  });

  it('is not ended by somebody who has the cookie alone', () => {
    const whole = enter();
    door.leave({ host: whole.host, cookie: whole.cookie });
    expect(as(whole)).toBe('session');
  });

  it('ends with all others when the token is renewed, and when it is 30 days old', () => {
    const renewed = [enter(), enter()];
    door.renew();
    expect(renewed.map((headers) => as(headers))).toEqual(['nobody', 'nobody']);
    const old = enter();
    now += 30 * DAY;
    expect(as(old)).toBe('nobody');
  });

  it('ends with a token that was lost or replaced in its file', () => {
    const whole = enter();
    rmSync(join(home, 'token'));
    door = open();
    expect(as(whole)).toBe('nobody');
  });
});

describe('the book of sessions', () => {
  const path = () => join(home, 'sessions.json');

  it('is private, holds no secret, and is bounded', () => {
    const first = enter();
    for (let count = 0; count < 256; count += 1) enter();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const text = readFileSync(path(), 'utf8');
    expect(Object.keys(JSON.parse(text) as object)).toHaveLength(256);
    expect(text).not.toContain(first['x-ninjad-key']);
    expect(as(first)).toBe('nobody');
  });

  it.each(['', '{', '[]', 'null', '{"__proto__":1}', '{"x":"y"}'])(
    'is an empty one where its file is none: %s',
    (text) => {
      const whole = enter();
      writeFileSync(path(), text);
      door = open();
      expect(as(whole)).toBe('nobody');
      expect(as(enter())).toBe('session');
    },
  );

  it('keeps nobody out where it cannot be written', () => {
    door = createDoor({
      tokenPath: join(home, 'token'),
      sessionsPath: join(home, 'missing', 'sessions.json'),
      names: () => [],
      now: () => now,
    });
    expect(as(enter())).toBe('session');
  });
});
