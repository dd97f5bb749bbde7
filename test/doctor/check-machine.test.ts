import { describe, expect, it } from 'vitest';
import { checkClock, checkLocker, checkNode } from '../../src/doctor/check-machine.ts';
import { checkSplice } from '../../src/lib/journal/doctor.ts';

describe('checkNode', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['20.20.2', 'ok'],
    ['24.1.0', 'ok'],
    ['20.9.0', 'fail'],
    ['18.20.0', 'fail'],
  ])('judges %s as %s', (version, verdict) => {
    expect(checkNode(version).verdict).toBe(verdict);
  });
});

describe('checkClock', () => {
  it('takes a clock that is years back for wrong, and names the time zone of a good one', () => {
    expect(checkClock(0)).toMatchObject({ verdict: 'fail', found: '1970-01-01T00:00:00.000Z' });
    expect(checkClock(Date.UTC(2027, 0, 1), 'Europe/Berlin')).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('Europe/Berlin') as string,
    });
  });
});

describe('checkSplice', () => {
  it('says what a machine without splice(2) may lose', () => {
    expect(checkSplice(() => 0).verdict).toBe('ok');
    // The default asks this machine.
    expect(['ok', 'warn']).toContain(checkSplice().verdict);
  });
});

describe('programs', () => {
  it('are looked for in the standard folders too where the home is locked', () => {
    expect(checkLocker({ env: { PATH: '/nowhere' } }).verdict).toBe('ok');
  });
});
