import { expect, it } from 'vitest';
import { accountsOf, type MailValues } from '../../src/mail/account.ts';
import { readSecret } from '../../src/mail/secret.ts';
import { createSettings } from '../../src/settings.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../helpers/temp-dir.ts';

function settingsOf(config: object, env: Record<string, string> = {}) {
  const configFile = join(tempDir(), 'config.json');
  writeFileSync(configFile, JSON.stringify(config));
  return createSettings({ configFile, env });
}
const accounts = (config: object, env: Record<string, string> = {}) => {
  const settings = settingsOf(config, env);
  return accountsOf(<Key extends keyof MailValues>(key: Key) => settings.get(key));
};

it('IMAP_URL is an account of its own, with what is special in it decoded', () => {
  const [account] = accounts(
    {},
    { IMAP_URL: 'imaps://me%40example.org:p%40ss%2F@imap.example.org/Inbox%2FWork' },
  );
  expect(account).toMatchObject({
    name: 'default',
    source: 'email',
    host: 'imap.example.org',
    port: 993,
    security: 'tls',
    user: 'me@example.org',
    secret: { kind: 'password', password: 'p@ss/' },
    folders: ['Inbox/Work'],
  });
});

it('no password crosses a network in the clear unless the owner says so', () => {
  const at = (more: object) =>
    accounts({ mail: { accounts: [{ name: 'a', user: 'me', password: 'x', ...more }] } })[0]?.security;
  expect(at({ host: 'imap.example.org' })).toBe('tls');
  expect(at({ host: 'imap.example.org', port: 143 })).toBe('starttls');
  expect(at({ host: 'imap.example.org', port: 143, tls: false })).toBe('plain');
  expect(at({ host: '127.0.0.1', port: 143 })).toBe('plain');
  expect(accounts({}, { IMAP_URL: 'imap://a:b@imap.example.org/' })[0]).toMatchObject({
    security: 'starttls',
    port: 143,
  });
});

it.each([
  [{ name: 'a', host: 'h', user: 'u' }, /the account a needs one of/],
  [{ name: 'a', host: 'h', user: 'u', password: 'x', passwordFile: '/x' }, /it has 2/],
  [{ name: 'a', host: 'h', user: 'u', password: 'x', folders: ['1', '2', '3', '4'] }, /at most 3 folders/],
  [{ name: 'a', url: 'imap://h', host: 'h', password: 'x' }, /either url, or host/],
  [{ name: 'a b', host: 'h', user: 'u', password: 'x' }, /letters, digits/],
  [{ name: 'a', host: 'h', user: 'u', password: 'x', folders: ['a\r\nb'] }, /one line/],
])('an account that cannot be meant so is refused with a sentence: %j', (account, said) => {
  let message = '';
  try {
    settingsOf({ mail: { accounts: [account] } });
  } catch (thrown) {
    message = String(thrown);
  }
  expect(message).not.toBe('');
  expect(message).toMatch(said);
});

it('the secret comes from where the account says, and a failure quotes none of it', async () => {
  const file = join(tempDir(), 'secret');
  writeFileSync(file, 'from a file\n');
  const secretOf = (source: Parameters<typeof readSecret>[0]) =>
    readSecret(source, { ...process.env, MAIL_PW: 'from the environment' });
  expect(await secretOf({ kind: 'file', path: file })).toEqual({ secret: { pass: 'from a file' } });
  expect(await secretOf({ kind: 'env', name: 'MAIL_PW' })).toEqual({
    secret: { pass: 'from the environment' },
  });
  expect(await secretOf({ kind: 'command', command: 'echo "from $0"' })).toEqual({
    secret: { pass: 'from /bin/sh' },
  });
  expect(await secretOf({ kind: 'token', command: ['/bin/echo', 'token'] })).toEqual({
    secret: { accessToken: 'token' },
  });
  const failed = await secretOf({ kind: 'command', command: 'echo hush >&2; exit 3' });
  expect('problem' in failed && failed.problem).toMatch(
    /^the command for the password gives none: .*exit code 3/,
  );
  expect(await secretOf({ kind: 'env', name: 'NO_SUCH_MAIL_PW' })).toEqual({
    problem: 'the variable NO_SUCH_MAIL_PW for the password is empty',
  });
});
