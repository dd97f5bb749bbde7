import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/lib/permissions/standing.ts';

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
