import { messageOf, StoreAwayError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { missingEvidence } from '../wishes/evidence.ts';
import type { Candidate, Detector, Scene } from './detector.ts';
import {
  closeGone,
  fingerprintOf,
  keepLook,
  lockFindings,
  readKnown,
  readMemory,
  writeFate,
} from './record.ts';
import { fateOf, type KnownFinding } from './settle.ts';

/** What a look is made with. */
export interface LookTerms {
  detectors: readonly Detector[];
  /** How many days back is judged. */
  days: number;
  /** Thresholds of the owner's own, by detector and name. */
  thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The owner's rules that are switched on. */
  rules: readonly string[];
  now: Date;
}

/** What a detector came to in a look. */
export interface DetectorReport {
  kind: string;
  tookMs: number;
  /** What it measured. */
  found: number;
  /** Of these: new, back, kept to itself since it rests. */
  opened: number;
  reopened: number;
  held: number;
  /** What waited for the owner and is not measured any more. */
  gone: number;
  /** Why it could not look. */
  problem: string | null;
}

/** What a look came to. */
export interface LookReport {
  at: Date;
  tookMs: number;
  opened: number;
  reopened: number;
  gone: number;
  detectors: DetectorReport[];
}

const usualDays = 28;
/** What one detector tells at most, the heaviest: more would hide it. */
const candidatesAtMost = 20;
/** Findings of one detector that are measured once more, to see what came since they were decided. */
const lookedAfreshAtMost = 5;

/**
 * Lets every detector look, one after the other, and keeps what was found. One that fails is told in the report and leaves
 * the others working. Rejects with `StoreAwayError` while the store is away, and with the signal's reason.
 */
export async function look(store: Store, terms: LookTerms, signal: AbortSignal): Promise<LookReport> {
  const startedAt = performance.now();
  const reports: DetectorReport[] = [];
  for (const detector of terms.detectors) {
    signal.throwIfAborted();
    reports.push(await lookWith(store, detector, terms));
  }
  const sum = (read: (report: DetectorReport) => number) => reports.reduce((all, one) => all + read(one), 0);
  return {
    at: terms.now,
    tookMs: Math.round(performance.now() - startedAt),
    opened: sum(({ opened }) => opened),
    reopened: sum(({ reopened }) => reopened),
    gone: sum(({ gone }) => gone),
    detectors: reports,
  };
}

async function lookWith(store: Store, detector: Detector, terms: LookTerms): Promise<DetectorReport> {
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  const { kind } = detector;
  const { now } = terms;
  try {
    const candidates = await measure(store, detector, terms);
    const afresh = await measureAfresh(store, detector, terms, candidates);
    const counts = await store.transaction(async (tx) => {
      await lockFindings(tx);
      const settled = await settle(tx, { kind, candidates, afresh, now });
      await keepLook(tx, { kind, now, tookMs: tookMs(), problem: null, held: settled.held });
      return settled;
    });
    return { kind, tookMs: tookMs(), found: candidates.length, ...counts, problem: null };
  } catch (thrown) {
    if (thrown instanceof StoreAwayError && !thrown.refused) throw thrown;
    const problem = messageOf(thrown).slice(0, 500);
    await keepLook(store, { kind, now, tookMs: tookMs(), problem, held: 0 });
    return { kind, tookMs: tookMs(), found: 0, opened: 0, reopened: 0, held: 0, gone: 0, problem };
  }
}

/** What is measured and can be opened, the heaviest first. */
async function measure(store: Store, detector: Detector, terms: LookTerms): Promise<Candidate[]> {
  const from = new Date(terms.now.getTime() - terms.days * DAY);
  const scene: Scene = {
    store,
    now: terms.now,
    period: { from, to: terms.now },
    before: { from: new Date(from.getTime() - usualDays * DAY), to: from },
    rules: terms.rules,
  };
  const found = await detector.detect(scene, thresholdsOf(detector, terms));
  const candidates: Candidate[] = [];
  for (const candidate of found
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, candidatesAtMost)) {
    // What ended meanwhile cannot be opened any more.
    const missing = new Set(await missingEvidence(store, candidate.evidence, { rule: terms.rules }));
    const evidence = candidate.evidence.filter((piece) => !missing.has(piece));
    if (evidence.length > 0)
      candidates.push({ ...candidate, evidence, subject: candidate.subject.slice(0, 200) });
  }
  return candidates;
}

/** Subjects that are measured also by what came since they were decided. */
async function measureAfresh(
  store: Store,
  detector: Detector,
  terms: LookTerms,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<string>> {
  const afresh = new Set<string>();
  if (detector.over !== 'period') return afresh;
  const prints = candidates.map((candidate) => fingerprintOf(detector.kind, candidate));
  const decided = [...(await readKnown(store, prints)).values()]
    .filter(isSettled)
    .slice(0, lookedAfreshAtMost);
  for (const { decidedAt, fingerprint } of decided) {
    if (decidedAt === null || decidedAt >= terms.now) continue;
    const earliest = new Date(terms.now.getTime() - terms.days * DAY);
    const from = decidedAt > earliest ? decidedAt : earliest;
    const scene: Scene = {
      store,
      now: terms.now,
      since: decidedAt,
      period: { from, to: terms.now },
      before: { from: new Date(earliest.getTime() - usualDays * DAY), to: earliest },
      rules: terms.rules,
    };
    const found = await detector.detect(scene, thresholdsOf(detector, terms));
    if (found.some((candidate) => fingerprintOf(detector.kind, candidate) === fingerprint))
      afresh.add(fingerprint);
  }
  return afresh;
}

function isSettled({ state, wishIsOpen }: KnownFinding): boolean {
  return state === 'dismissed' || (state === 'accepted' && !wishIsOpen);
}

function thresholdsOf(detector: Detector, { thresholds }: LookTerms): Record<string, number> {
  const own = ownValue(thresholds, detector.kind) ?? {};
  return Object.fromEntries(
    Object.entries(detector.thresholds).map(([name, { value }]) => [name, ownValue(own, name) ?? value]),
  );
}

interface Settling {
  kind: string;
  candidates: readonly Candidate[];
  afresh: ReadonlySet<string>;
  now: Date;
}

async function settle(
  tx: Tx,
  { kind, candidates, afresh, now }: Settling,
): Promise<Pick<DetectorReport, 'opened' | 'reopened' | 'held' | 'gone'>> {
  const prints = candidates.map((candidate) => fingerprintOf(kind, candidate));
  const memory = await readMemory(tx, kind);
  const known = await readKnown(tx, prints);
  const counts = { opened: 0, reopened: 0, held: 0 };
  for (const [index, candidate] of candidates.entries()) {
    const print = prints[index] ?? '';
    const before = known.get(print);
    const fate = fateOf(candidate, before, memory, { now, isAfresh: afresh.has(print) });
    await writeFate(tx, { kind, candidate, known: before, fate, now });
    if (fate === 'new') counts.opened += 1;
    if (fate === 'reopen' || fate === 'wake') counts.reopened += 1;
    if (fate === 'held') counts.held += 1;
  }
  return { ...counts, gone: await closeGone(tx, { kind, seen: prints, now }) };
}
