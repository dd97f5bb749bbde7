import { describe, expect, it } from 'vitest';
import type { Finding, Level } from '../../src/sensors/look.ts';
import { settle, type Standings } from '../../src/sensors/settle.ts';

const at = (level: Level | 'unknown', subject = '/'): Finding => ({
  subject,
  level,
  text: `${subject} is ${level}`,
});

/** Looks one after another; what each told. */
function looks(findings: readonly Finding[][], patience = { worse: 1, better: 1 }) {
  let standings: Standings = {};
  return findings.map((found, index) => {
    const next = settle(standings, { findings: found }, index, patience);
    standings = JSON.parse(JSON.stringify(next.standings)) as Standings;
    return next.told.map(
      ({ subject, text, level, urgency }) => `${urgency} ${subject} ${level ?? ''} ${text}`,
    );
  });
}

describe('what a sensor tells', () => {
  it('is a level that changes, and nothing while it stays', () => {
    expect(
      looks([[at('ok')], [at('warning')], [at('warning')], [at('critical')], [at('ok')], [at('ok')]]),
    ).toEqual([
      [],
      ['NORMAL / warning / is warning'],
      [],
      ['HIGH / critical / is critical'],
      ['LOW / ok / is ok'],
      [],
    ]);
  });

  it('waits until as many looks agree as it has patience for', () => {
    const walk = [['critical'], ['ok'], ['critical'], ['critical'], ['ok'], ['ok'], ['ok']] as const;
    const told = looks(
      walk.map(([level]) => [at(level)]),
      { worse: 2, better: 3 },
    );
    expect(told.map((each) => each.length)).toEqual([0, 0, 0, 1, 0, 0, 1]);
  });

  it('is no word of what was never known, and one, once, of what cannot be measured any more', () => {
    expect(looks([[at('unknown')], [at('unknown')], [at('unknown')], [at('unknown')]]).flat()).toEqual([]);
    expect(
      looks([
        [at('warning')],
        [at('unknown')],
        [at('unknown')],
        [at('unknown')],
        [at('unknown')],
        [at('warning')],
      ]),
    ).toEqual([
      ['NORMAL / warning / is warning'],
      [],
      [],
      ['LOW /  cannot be measured any more: / is unknown'],
      [],
      ['LOW /  is measured again: / is warning'],
    ]);
  });

  it('takes a subject that is gone for well again, and one that nobody could look for for as it was', () => {
    const unit = at('critical', 'a.service');
    expect(looks([[unit], []])[1]).toEqual(['LOW a.service ok is no longer there, or no longer in trouble']);
    expect(looks([[unit], [at('unknown', '')], [unit]])).toEqual([
      ['HIGH a.service critical a.service is critical'],
      [],
      [],
    ]);
    expect(looks([[at('ok', 'b')], []])[1]).toEqual([]);
  });

  it('keeps subjects apart, whatever their names', () => {
    expect(
      looks([
        [at('warning', '__proto__x'), at('ok', 'constructor')],
        [at('warning', '__proto__x'), at('warning', 'constructor')],
      ]).map((told) => told.length),
    ).toEqual([1, 1]);
  });
});
