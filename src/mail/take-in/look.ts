import { createHash } from 'node:crypto';
import { findDedupKeys } from '../../events/rows/record-events.ts';
import { eventKey } from '../../lib/wire/event-key.ts';
import { mailboxOf } from '../account.ts';
import { eventOfDigest } from '../compose.ts';
import type { CaughtUp } from '../desk.ts';
import { dedupKeyOf, type Fingerprint, fingerprintOf, type MailHead } from '../fingerprint.ts';
import { DAY } from '../../lib/time.ts';
import { headerOf, readHeaders } from '../headers.ts';
import { type FolderStatus, planOf } from '../plan.ts';
import { findFolder, type FolderRow, keepFolder } from '../rows/folders.ts';
import { findSeen, keepSeen } from '../rows/seen.ts';
import type { TakeInDeps } from './deps.ts';
import { writeMails } from './write-mails.ts';

const chunkMails = 50;
/** Most mails that become events where the server's numbers say nothing; the others stand in one digest line. */
const rescanCap = 50;
const askedCap = 1_000;
/** The newest ones that are looked at to find what was never seen. */
const maxCandidates = 2_000;
/** As far as any look goes back by itself. */
const oldMs = 7 * DAY;

interface Candidate {
  head: MailHead;
  fingerprint: Fingerprint;
  dedupKey: string;
}

/**
 * Looks into the folder and takes in what is new. The cursor moves when the journal has the events, never before; to look
 * again doubles nothing. Rejects with what the store, the pipe or the connection throws.
 */
export async function look(deps: TakeInDeps, signal: AbortSignal): Promise<void> {
  const { client, store, account, folder, now } = deps;
  const known = await findFolder(store, account.name, folder);
  const row = known?.mailbox === mailboxOf(account) ? known : undefined;
  const status = await client.status();
  const plan = planOf(row, status, now());
  switch (plan.kind) {
    case 'begin':
      return begin(deps, status);
    case 'nothing':
      return;
    case 'next':
      return takeNext(deps, row as FolderRow, signal);
    case 'rescan': {
      const uids = await client.uidsSince(plan.since);
      await takeUnseen(
        deps,
        {
          uids,
          since: plan.since,
          status,
          cap: rescanCap,
          why: plan.why,
          isYoung: writtenSince,
          takenOnly: false,
        },
        signal,
      );
      await keep(deps, status, { uid: await lastUid(deps, status), heads: [], from: row });
    }
  }
}

/** Takes in what was received since a time and is not known, however old the watch is. */
export async function catchUp(deps: TakeInDeps, since: Date, signal: AbortSignal): Promise<CaughtUp> {
  const { client, account, folder } = deps;
  const uids = await client.uidsSince(since);
  const status = await client.status();
  const why = `they were asked for, and at most ${askedCap} are taken in at once`;
  const taken = await takeUnseen(
    deps,
    { uids, since, status, cap: askedCap, why, isYoung: receivedSince, takenOnly: true },
    signal,
  );
  return { name: account.name, folder, ...taken };
}

/** What is there is old, also when the server numbers it anew soon. */
async function begin(deps: TakeInDeps, status: FolderStatus): Promise<void> {
  const last = await lastUid(deps, status);
  const uids = await deps.client.uidsSince(new Date(deps.now().getTime() - oldMs));
  const old = uids.filter((uid) => uid <= last).slice(-maxCandidates);
  for (let at = 0; at < old.length; at += chunkMails) {
    const heads = await deps.client.heads(old.slice(at, at + chunkMails));
    await keepMet(
      deps,
      heads.map((head) => candidateOf(deps, status.uidValidity, head)),
      false,
    );
  }
  await keep(deps, status, { uid: last, heads: [], from: undefined });
}

async function lastUid({ client }: TakeInDeps, { uidNext }: FolderStatus): Promise<number> {
  return uidNext === null ? ((await client.uidsAbove(0)).at(-1) ?? 0) : uidNext - 1;
}

async function takeNext(deps: TakeInDeps, row: FolderRow, signal: AbortSignal): Promise<void> {
  const uids = await deps.client.uidsAbove(row.cursor);
  for (let at = 0; at < uids.length; at += chunkMails) {
    signal.throwIfAborted();
    const chunk = uids.slice(at, at + chunkMails);
    const candidates = (await deps.client.heads(chunk)).map((head) =>
      candidateOf(deps, row.uidValidity, head),
    );
    // By its number each is another mail; only what has a Message-ID and is the same in all else is a copy.
    const copies = await seenOf(
      deps,
      candidates.filter(({ fingerprint }) => fingerprint.hasMessageId),
    );
    const fresh = await withoutKnown(deps, withoutRepeats(candidates, copies));
    await writeMails(deps, row.uidValidity, fresh, signal);
    await keep(deps, row, {
      uid: chunk.at(-1) ?? row.cursor,
      heads: candidates,
      from: row,
    });
  }
}

interface Unseen {
  uids: readonly number[];
  since: Date;
  status: FolderStatus;
  cap: number;
  why: string;
  /** Tells those that may become events from those that are only counted. */
  isYoung: (head: MailHead, since: Date) => boolean;
  /** Only what became an event counts as known. */
  takenOnly: boolean;
}

async function takeUnseen(
  deps: TakeInDeps,
  { uids, since, status: { uidValidity }, cap, why, isYoung, takenOnly }: Unseen,
  signal: AbortSignal,
): Promise<Pick<CaughtUp, 'found' | 'taken' | 'known' | 'digested'>> {
  const looked = uids.slice(-maxCandidates);
  const candidates: Candidate[] = [];
  for (let at = 0; at < looked.length; at += chunkMails) {
    signal.throwIfAborted();
    const heads = await deps.client.heads(looked.slice(at, at + chunkMails));
    candidates.push(
      ...heads
        .filter(({ receivedAt, header }) => Math.max(receivedAt.getTime(), dateOf(header)) >= since.getTime())
        .map((head) => candidateOf(deps, uidValidity, head)),
    );
  }
  const unseen = withoutRepeats(candidates, await seenOf(deps, candidates, takenOnly));
  // A folder that was copied has all its mails received today: those that say they are old come last.
  const byAge = unseen.toSorted((one, other) => ageOf(one) - ageOf(other));
  const young = byAge.filter(({ head }) => isYoung(head, since));
  const taken = young.slice(-cap);
  const rest = byAge.filter((one) => !taken.includes(one));
  const fresh = await withoutKnown(deps, taken);
  for (let at = 0; at < fresh.length; at += chunkMails) {
    const chunk = fresh.slice(at, at + chunkMails);
    await writeMails(deps, uidValidity, chunk, signal);
    await keepMet(deps, chunk, true);
  }
  if (rest.length > 0) await writeDigest(deps, uidValidity, rest, why);
  await keepMet(deps, taken, true);
  await keepMet(deps, rest, false);
  return {
    found: candidates.length,
    taken: fresh.length,
    known: candidates.length - fresh.length - rest.length,
    digested: rest.length,
  };
}

async function writeDigest(
  deps: TakeInDeps,
  uidValidity: number,
  rest: readonly Candidate[],
  why: string,
): Promise<void> {
  const { account, folder, writer, now } = deps;
  const hash = createHash('sha256').update(
    [mailboxOf(account), folder, ...rest.map(({ fingerprint }) => fingerprint.value)].join('\0'),
  );
  const dedupKey = `mail-digest:${hash.digest('hex').slice(0, 40)}`;
  const shown = rest.slice(-20).map(({ head }) => head);
  const event = eventOfDigest(
    { account, folder, uidValidity, count: rest.length, shown, why, dedupKey },
    now(),
  );
  await writer.putAccepted(event, dedupKey);
  deps.onTaken(1);
}

function candidateOf({ account, folder }: TakeInDeps, uidValidity: number, head: MailHead): Candidate {
  const fingerprint = fingerprintOf(head);
  return { head, fingerprint, dedupKey: dedupKeyOf(account, folder, uidValidity, head.uid, fingerprint) };
}

function seenOf(
  { store, account }: TakeInDeps,
  candidates: readonly Candidate[],
  takenOnly = false,
): Promise<Set<string>> {
  return findSeen(
    store,
    account.name,
    candidates.map(({ fingerprint }) => fingerprint.value),
    { takenOnly },
  );
}

/** Without those that were seen, and without the second of two that are the same by their Message-ID and all else. */
function withoutRepeats(candidates: readonly Candidate[], seen: ReadonlySet<string>): Candidate[] {
  const met = new Set(seen);
  return candidates.filter(({ fingerprint: { value, hasMessageId } }) => {
    if (met.has(value)) return false;
    if (hasMessageId) met.add(value);
    return true;
  });
}

/** A daemon that was killed may have left the cursor behind what it had written. */
async function withoutKnown(
  { store, account }: TakeInDeps,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const keyOf = ({ dedupKey }: Candidate): string => eventKey(account.source, dedupKey);
  const known = await findDedupKeys(store, candidates.map(keyOf));
  return candidates.filter((candidate) => !known.has(keyOf(candidate)));
}

interface Reached {
  uid: number;
  heads: readonly Candidate[];
  from: FolderRow | undefined;
}

async function keep(
  deps: TakeInDeps,
  { uidValidity }: Pick<FolderStatus, 'uidValidity'>,
  reached: Reached,
): Promise<void> {
  const { store, account, folder, now } = deps;
  const at = now();
  const times = reached.heads.map(({ head }) => Math.min(head.receivedAt.getTime(), at.getTime()));
  const latest = times.length === 0 ? null : new Date(Math.max(...times));
  await store.transaction(async (tx) => {
    await keepSeen(
      tx,
      account.name,
      reached.heads.map(({ fingerprint }) => fingerprint.value),
      { taken: true, now: at },
    );
    await keepFolder(tx, {
      account: account.name,
      folder,
      mailbox: mailboxOf(account),
      uidValidity,
      cursor: reached.uid,
      seenAt: latest ?? reached.from?.seenAt ?? at,
      lastMessageAt: latest ?? reached.from?.lastMessageAt ?? null,
    });
  });
}

async function keepMet(
  { store, account, now }: TakeInDeps,
  met: readonly Candidate[],
  taken: boolean,
): Promise<void> {
  if (met.length === 0) return;
  const fingerprints = met.map(({ fingerprint }) => fingerprint.value);
  await store.transaction((tx) => keepSeen(tx, account.name, fingerprints, { taken, now: now() }));
}

function ageOf({ head }: Candidate): number {
  const written = dateOf(head.header);
  return Number.isFinite(written) ? Math.min(written, head.receivedAt.getTime()) : head.receivedAt.getTime();
}

function receivedSince({ receivedAt }: MailHead, since: Date): boolean {
  return receivedAt.getTime() >= since.getTime();
}

function writtenSince({ header, receivedAt }: MailHead, since: Date): boolean {
  const written = dateOf(header);
  return (Number.isFinite(written) ? written : receivedAt.getTime()) >= since.getTime();
}

/** What the sender says; -Infinity where it is no time. */
function dateOf(header: Buffer): number {
  const date = Date.parse((headerOf(readHeaders(header), 'date') ?? '').replace(/\s*\([^)]*\)\s*$/, ''));
  return Number.isNaN(date) ? -Infinity : date;
}
