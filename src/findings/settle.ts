import type { Candidate } from './detector.ts';

/** A finding as the look before has left it. */
export interface KnownFinding {
  id: number;
  fingerprint: string;
  state: 'open' | 'snoozed' | 'gone' | 'accepted' | 'dismissed';
  lastSeenAt: Date;
  snoozedUntil: Date | null;
  /** When it was decided; of one whose wish was closed, when that was. */
  decidedAt: Date | null;
  /** What it weighed then. */
  decidedWeight: number | null;
  /** True where its wish waits, is drafted, or anything else that has not come to an end. */
  wishIsOpen: boolean;
}

/** What is known of a detector. */
export interface DetectorMemory {
  /** Since the last acceptance. */
  dismissals: number;
  /** The most that something dismissed weighed. */
  dismissedWeight: number;
  /** The look before. */
  lookedAt: Date | null;
}

/** What becomes of something that was measured. `held`: its detector rests. */
export type Fate = 'new' | 'reopen' | 'wake' | 'note' | 'held';

/** So many dismissals rest a detector… */
export const restAfter = 3;
/** …until something weighs so many times what was dismissed. A finding that was dismissed comes back by the same. */
export const backFactor = 2;

/**
 * Decides what becomes of a candidate. What is decided stays decided while nothing new is measured: it comes back when it
 * weighs twice as much, when it had been away, or (`isAfresh`) when what happened since the decision is enough by itself.
 */
export function fateOf(
  candidate: Pick<Candidate, 'weight'>,
  known: KnownFinding | undefined,
  memory: DetectorMemory,
  { now, isAfresh }: { now: Date; isAfresh: boolean },
): Fate {
  if (known?.state === 'open') return 'note';
  if (known?.state === 'snoozed')
    return (known.snoozedUntil?.getTime() ?? 0) <= now.getTime() ? 'wake' : 'note';
  if (known !== undefined && known.state !== 'gone' && !isBack(candidate, known, memory, isAfresh))
    return 'note';
  if (isResting(candidate, memory)) return known === undefined ? 'held' : heldOf(known);
  return known === undefined ? 'new' : 'reopen';
}

/** What is known is noted as seen, though it stays as it is. */
function heldOf({ state }: KnownFinding): Fate {
  return state === 'gone' ? 'held' : 'note';
}

function isBack(
  { weight }: Pick<Candidate, 'weight'>,
  { wishIsOpen, decidedWeight, decidedAt, lastSeenAt }: KnownFinding,
  { lookedAt }: DetectorMemory,
  isAfresh: boolean,
): boolean {
  if (wishIsOpen) return false;
  if (decidedWeight !== null && decidedWeight > 0 && weight >= backFactor * decidedWeight) return true;
  // The look before, after the decision, did not see it.
  const wasAway = lookedAt !== null && decidedAt !== null && lookedAt > decidedAt && lastSeenAt < lookedAt;
  return wasAway || isAfresh;
}

/** Whether its detector rests, as far as this candidate goes. */
export function isResting(
  { weight }: Pick<Candidate, 'weight'>,
  { dismissals, dismissedWeight }: Pick<DetectorMemory, 'dismissals' | 'dismissedWeight'>,
): boolean {
  return dismissals >= restAfter && weight < backFactor * dismissedWeight;
}
