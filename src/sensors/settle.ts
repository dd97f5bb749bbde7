import { ownValue } from '../lib/own-value.ts';
import { type Finding, type Level, levels, type Looked, type News, type Patience } from './look.ts';

/** What is remembered of one subject. */
export interface Standing {
  /** The level that was told last. */
  level: Level;
  /** Milliseconds since the epoch: since when it holds. */
  since: number;
  text: string;
  value?: number;
  /** Another level that was seen lately, and how many times in a row. */
  pending?: { level: Level; looks: number };
  /** Why it could not be measured, and for how many looks in a row. */
  unknown?: { reason: string; looks: number; told: boolean };
}

/** The standing of each subject. */
export type Standings = Readonly<Record<string, Standing>>;

/** Something to be told. */
export interface Told extends News {
  level?: Level;
  before?: Level;
  value?: number;
  urgency: 'HIGH' | 'NORMAL' | 'LOW' | 'IDLE';
}

/** So many looks in a row without a figure are told, once: one may be chance. */
const looksUntilBlind = 3;
const defaultPatience: Patience = { worse: 1, better: 1 };

/**
 * Compares a look with what was told before: a level is told when it changes and has held for as many looks as `patience`
 * says. A subject that is gone counts as well again; where the whole look is unknown, all others stay as they are.
 */
export function settle(
  before: Standings,
  looked: Looked,
  now: number,
  patience: Patience = defaultPatience,
): { standings: Standings; told: Told[] } {
  const told: Told[] = (looked.news ?? []).map((news) => ({ ...news, urgency: news.priority ?? 'NORMAL' }));
  const standings = new Map<string, Standing>();
  for (const finding of looked.findings) {
    const known = ownValue(before, finding.subject);
    const next =
      finding.level === 'unknown' ? blind(known, finding, now) : seen(known, finding, now, patience);
    standings.set(finding.subject, next.standing);
    told.push(...next.told);
  }
  const isBlind = looked.findings.some(({ subject, level }) => subject === '' && level === 'unknown');
  for (const [subject, standing] of Object.entries(before)) {
    if (standings.has(subject)) continue;
    if (isBlind) standings.set(subject, standing);
    else if (standing.level !== 'ok') told.push(gone(subject, standing));
  }
  return { standings: Object.fromEntries(standings), told };
}

interface Next {
  standing: Standing;
  told: Told[];
}

function seen(known: Standing | undefined, finding: Finding, now: number, patience: Patience): Next {
  const { subject, text, value } = finding;
  const level = finding.level as Level;
  const before = known?.level ?? 'ok';
  const told: Told[] = known?.unknown?.told === true ? [seeingAgain(finding)] : [];
  const figure = { text, ...(value !== undefined && { value }) };
  const held = { level: before, since: known?.since ?? now, ...figure };
  if (level === before) return { standing: held, told };
  const looks = known?.pending?.level === level ? known.pending.looks + 1 : 1;
  const isWorse = levels.indexOf(level) > levels.indexOf(before);
  if (looks < (isWorse ? patience.worse : patience.better))
    return { standing: { ...held, pending: { level, looks } }, told };
  told.push({ subject, ...figure, level, before, urgency: urgencies[level] });
  return { standing: { level, since: now, ...figure }, told };
}

const urgencies = { ok: 'LOW', warning: 'NORMAL', critical: 'HIGH' } as const;

function blind(known: Standing | undefined, { subject, text }: Finding, now: number): Next {
  const looks = (known?.unknown?.looks ?? 0) + 1;
  const wasSeen = known !== undefined && known.text !== '';
  const isNews = wasSeen && looks >= looksUntilBlind && known.unknown?.told !== true;
  const unknown = { reason: text, looks, told: isNews || known?.unknown?.told === true };
  const standing = { ...(known ?? { level: 'ok' as const, since: now, text: '' }), unknown };
  return { standing, told: isNews ? [lostSight(subject, text)] : [] };
}

function lostSight(subject: string, reason: string): Told {
  return { subject, text: `cannot be measured any more: ${reason}`, urgency: 'LOW' };
}

function seeingAgain({ subject, text }: Finding): Told {
  return { subject, text: `is measured again: ${text}`, urgency: 'LOW' };
}

function gone(subject: string, { level }: Standing): Told {
  return {
    subject,
    text: 'is no longer there, or no longer in trouble',
    level: 'ok',
    before: level,
    urgency: 'LOW',
  };
}
