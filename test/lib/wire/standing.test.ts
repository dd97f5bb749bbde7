import { afterEach, describe, expect, it } from 'vitest';
import { defaultStrangers } from '../../../src/lib/wire/settings.ts';
import { standingOf } from '../../../src/lib/wire/standing.ts';
import { nameStrangers, trustOf } from '../../../src/lib/wire/trust.ts';

describe('the standing of a task', () => {
  it.each([
    ['cli', 'owner'],
    ['shell:laptop', 'owner'],
    ['cron:disk', 'local'],
    ['email', 'untrusted'],
    ['web:form', 'untrusted'],
  ])('from %s is %s, with nobody before it', (source, trust) => {
    expect(standingOf({ source })).toEqual({ trust, depth: 0 });
    expect(standingOf({ source, lineage: null })).toEqual({ trust, depth: 0 });
  });

  it('that another task queued is inherited, whatever its source says', () => {
    const lineage = { depth: 2, trust: 'untrusted' as const };
    expect(standingOf({ source: 'self', lineage })).toEqual(lineage);
  });

  it('is the lowest for a line that only claims to come from a task', () => {
    expect(standingOf({ source: 'self' })).toEqual({ trust: 'untrusted', depth: Infinity });
    expect(standingOf({ source: 'self:me', lineage: null })).toEqual({ trust: 'untrusted', depth: Infinity });
    expect(standingOf({ source: 'selfie' })).toEqual({ trust: 'local', depth: 0 });
  });
});

describe('trust in a source', () => {
  afterEach(() => nameStrangers(defaultStrangers));

  it.each([
    'Email',
    'EMAIL:me@x',
    'WEB:x',
    'Mail.home',
    'webhook',
    'Webhook:github',
    'rss',
    'RSS:news',
    'web_form',
  ])('is none where strangers speak, in whatever case: %s', (source) =>
    expect(trustOf(source)).toBe('untrusted'),
  );

  it.each(['Self', 'SELF:7'])('is none for a false claim to be a task, in whatever case: %s', (source) =>
    expect(standingOf({ source })).toEqual({ trust: 'untrusted', depth: Infinity }),
  );

  it.each(['website', 'mailbox', 'webcam', 'rsync', 'cron:email', 'cron:disk'])(
    'is that of the machines where only the name looks alike: %s',
    (source) => expect(trustOf(source)).toBe('local'),
  );

  it('follows the list of the owner', () => {
    nameStrangers(['Forum', 'a.b', 'discord:guests']);
    expect(['forum:7', 'FORUM', 'a.b', 'discord:guests', 'discord:guests:7'].map(trustOf)).toEqual(
      Array.from({ length: 5 }, () => 'untrusted'),
    );
    expect(['rss', 'axb', 'discord', 'discord:me'].map(trustOf)).toEqual([
      'local',
      'local',
      'owner',
      'owner',
    ]);
    nameStrangers([]);
    expect(trustOf('email')).toBe('local');
  });
});
