import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/memory/keep/redact.ts';

const random = 'q7Rk2vXw9ZpL4mTn8BsY3cDf6HgJ1aEu';
const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${`${random}\n`.repeat(5)}-----END OPENSSH PRIVATE KEY-----`;
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${random}`;

// Made up, and put together here so that no scanner of repositories takes them for real.
const discord = ['MTA1MjQ4NzY4ODY3MDQ0NTU2OA', 'GdK9xX', 'aX3bQ7cZ1dR5eS9fT2gU6hV0iW4jY8kL2mN6oP'].join('.');
const wireguard = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';
const sshPublic = 'AAAAC3NzaC1lZDI1NTE5AAAAIGq7Rk2vXw9ZpL4mTn8BsY3cDf6HgJ1aEuq7Rk2vXw9Z';

describe('taking secrets out', () => {
  it.each([
    ['The wifi password is hunter2!', 'hunter2'],
    ['password: tulpenweg', 'tulpenweg'],
    ['Passwort: Tulpenweg7', 'Tulpenweg7'],
    ["db_password = 'correct horse'", 'correct horse'],
    ['{"api_key": "abcDEF123"}', 'abcDEF123'],
    ['export AUTH_TOKEN=abc', 'abc'],
    ['the password for the printer is now Xerox#1984', 'Xerox#1984'],
    ['passphrase: correct horse battery staple', 'correct horse battery staple'],
    ['seed phrase is abandon ability able about above absent', 'abandon ability'],
    ['The PIN of the bank card is 4711', '4711'],
    ['PIN: 0815', '0815'],
    [`Authorization: Bearer ${random}`, random],
    ['curl -H "Authorization: Basic dXNlcjpwYXNzd29yZDEyMw=="', 'dXNlcjpwYXNzd29yZDEyMw'],
    ['postgres://bob:s3cr3t@db.example.com:5432/x', 's3cr3t'],
    ['https://bob:plainword@example.com/path', 'plainword'],
    [`jwt ${jwt} end`, jwt],
    [`my key:\n${pem}\nkeep it`, random],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789 is my token', 'ghp_abcdef'],
    ['AKIAIOSFODNN7EXAMPLX', 'AKIAIOSFODNN7EXAMPLX'],
    ['slack xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx', 'xoxb-123456789012'],
    [`sk-ant-api03-${'aB3'.repeat(31)}AA`, 'sk-ant-api03'],
    ['telegram 123456789:AAF0aBcDeFgHiJkLmNoPqRsTuVwXyZ012345', 'AAF0aBcDe'],
    [`a token by itself ${random}`, random],
    [`discord bot ${discord}`, 'GdK9xX'],
    [`DISCORD_TOKEN=${discord}`, 'MTA1'],
    [`the bot is mfa.${'aB3_'.repeat(21)}`, 'mfa.aB3'],
    [`post to https://discord.com/api/webhooks/1056248768867044556/${'aB3-_'.repeat(13)}xyz`, 'aB3-_'],
    [`https://canary.discordapp.com/api/v10/webhooks/1056248768867044556/${'aB3-_'.repeat(13)}xyz`, 'aB3-_'],
    ['machine nas login olga password hunter', 'hunter'],
    ['machine nas\n  login olga\n  password hunter', 'hunter'],
    ['db.example.com:5432:shop:olga:tulpenweg', 'tulpenweg'],
    ['*:*:*:postgres:hunter2', 'hunter2'],
    ['my .pgpass:\nlocalhost:5432:*:olga:a\\:b\nthat is all', 'a\\:b'],
    ['  10.0.0.7:5433:shop:backup:plainword', 'plainword'],
    [`PrivateKey = ${wireguard}`, wireguard],
    [`PresharedKey = ${wireguard}`, wireguard],
    [`${wireguard} is what wg genkey printed`, wireguard],
    ['passwords: hunter2!', 'hunter2!'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
  ])('takes it out of %s', async (text, secret) => {
    const redacted = await redact(text);
    expect(redacted.text).not.toContain(secret);
    expect(redacted.text).toContain('[redacted ');
    expect(redacted.count).toBeGreaterThan(0);
  });

  it.each([
    'The password is on a sticker under the router.',
    'The home WLAN is called Dachboden; the password is on the card in the key drawer.',
    'Password: see the safe in the cellar',
    'I changed my password yesterday, at 10:30.',
    'The commit 9f2c1a7b3d4e5f60718293a4b5c6d7e8f9012345 broke it.',
    'id 550e8400-e29b-41d4-a716-446655440000',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'https://docs.example.com/document/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvWxYz/edit',
    'see /usr/lib/x86_64-linux-gnu/libQt5WebEngineCore.so.5.15.2 and createReaderWorkerThread2',
    'passwords: Olga has them',
    'Passwords: in the safe, as ever',
    'pass words: ask Olga for them',
    `ssh-ed25519 ${sshPublic} olga@nas`,
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${random} olga@nas`,
    `ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB${random}= root@web-1`,
    `sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t${random} key`,
    `PublicKey = ${wireguard}`,
    `peer: ${wireguard}`,
    `The public key of the NAS is ${wireguard}.`,
    'The log says 12:30:45:007:done and host:port:name:user:',
    'The tokens of the model are counted, token by token.',
    'Bearer of bad news',
    'pin the tab',
    'Call 0049 40 123456 at 14:30 on 2026-12-01.',
    '用户名是 admin。',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF and aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ])('leaves %s as it is', async (text) => {
    expect(await redact(text)).toEqual({ text, count: 0 });
  });

  it('leaves the rest of the text, says what was there, and changes nothing the second time', async () => {
    const once = await redact('The wifi password is hunter2 since May, at postgres://bob:s3cr3t@db/x.');
    expect(once).toEqual({
      text: 'The wifi password is [redacted password] since May, at postgres://bob:[redacted password]@db/x.',
      count: 2,
    });
    expect(await redact(once.text)).toEqual({ text: once.text, count: 0 });
  });

  it.each([
    ['one word', 'aB3'.repeat(700_000)],
    ['keywords', 'password '.repeat(200_000)],
    ['colons', 'token:'.repeat(300_000)],
    ['URLs', 'https://a:'.repeat(200_000)],
    ['blanks', `password${' '.repeat(2_000_000)}x`],
    ['lines', '\n'.repeat(2_000_000)],
    ['keys that do not end', '-----BEGIN PRIVATE KEY-----\n'.repeat(60_000)],
    ['dots', 'eyJaaaaaaaa.'.repeat(150_000)],
    ['dashes', '-'.repeat(2_000_000)],
  ])(
    'takes no more than seconds for two million characters of %s',
    async (_, text) => {
      await redact(text);
    },
    20_000,
  );
});
