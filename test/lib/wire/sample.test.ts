import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../../src/lib/wire/sample.ts';

const sample = (line: string): string => sampleOf(Buffer.from(line));

describe('the sample of a refused line', () => {
  it('tells whose line it is', () => {
    expect(sample('SOON|cron:disk|2026-11-28T10:00:00Z|metric|disk is at 91 %')).toBe(
      'SOON|cron:disk|2026-11-28T10:00:00Z|metric|disk is at 91 %',
    );
    expect(sample('backup-2026-11-28-nightly.tar.gz: done')).toBe('backup-2026-11-28-nightly.tar.gz: done');
  });

  it.each([
    ['a variable', 'DB_PASS=hunter2', 'hunter2'],
    ['an exported variable', 'export STRIPE_KEY="sk live abc"', 'abc'],
    ['a variable of any name', 'FOO = s3cr3t and more', 's3cr3t'],
    ['a key of YAML', 'auth_token: abc', 'abc'],
    ['a key of JSON', '{"apiKey": "abcdef"}', 'abcdef'],
    ['a pair within a line', 'mysqldump --password=hunter2 all', 'hunter2'],
    ['a row of .pgpass', 'db.example.org:5432:all:me:open sesame', 'sesame'],
    ['a row of .netrc', 'machine example.org login me password swordfish', 'swordfish'],
    ['a row of /etc/shadow', 'root:$6$saltsalt$abcdefghijk:19000:0', 'abcdefghijk'],
    ['an URL with a password', 'postgres://me:hunter2@db/x', 'hunter2'],
    [
      'a token of Discord',
      'MTA1abcdefghijklmnopqrstu.GdK9xX.abcdefghijklmnopqrstuvwxyz0123456789ab',
      'GdK9xX',
    ],
    ['a line of a PEM block', 'MIIEowIBAAKCAQEA7bq2o8kBqT1n8m3cQx0c', 'MIIEow'],
    ['the last line of a PEM block', 'q2o8kBqT1w==', 'q2o8'],
    ['the last line of another PEM block', 'q2o8kBqT1w', 'q2o8'],
    ['a key in hexadecimals', `raw ${'0f'.repeat(32)}`, '0f0f'],
    ['a header', 'Authorization: Bearer abcdefghijklmnop1234', 'abcdefgh'],
    ['a key of a cloud', 'aws AKIAIOSFODNN7EXAMPLE', 'IOSFODNN'],
  ])('holds no secret of %s', (_, line, secret) => {
    expect(sample(line)).not.toContain(secret);
    expect(sample(line)).toContain('[redacted');
  });

  it('holds no part of a secret that its end cuts in two', () => {
    const line = `${'. '.repeat(92)}ghp_abcdefghijklmnopqrstuvwxyz0123456789`;
    expect(sample(line)).not.toContain('ghp_');
  });

  it('commands no terminal and turns no line around', () => {
    expect(sample('\u001B[2J \u009B1m \u202Eabc \u2066')).toBe('\uFFFD[2J \uFFFD1m \uFFFDabc \uFFFD');
  });

  it('has 200 characters at most, and takes no time over more', () => {
    expect(sample('word '.repeat(200_000))).toHaveLength(200);
    for (const part of ['a', 'a=', 'key=', ':', 'a:1:', 'password ', '/', '$1$', ' =', 'pass']) {
      const began = performance.now();
      sample(part.repeat(100_000));
      expect(performance.now() - began).toBeLessThan(200);
    }
  });
});
