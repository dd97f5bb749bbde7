import { messageOf } from '../../lib/errors.ts';
import type { MessageStructureObject } from 'imapflow';
import { eventOfMail, type MailFound } from '../compose.ts';
import type { MailHead } from '../fingerprint.ts';
import { type MailParts, partsOf } from '../parts.ts';
import type { MailSource, ReadMail } from '../read-mail.ts';
import type { TakeInDeps } from './deps.ts';

/** A mail that is to become an event. */
export interface FreshMail {
  head: MailHead;
  dedupKey: string;
}

/** Most of a part that is fetched, in bytes. */
const maxPartBytes = 256 * 1024;
/** A mail whose parts cost the connection twice is told by its headers. */
const maxFailures = 2;
const noParts: MailParts = { text: undefined, attachments: [], attachmentCount: 0, reason: null };

/** Writes the event of each mail, in their order, and resolves when the journal has all of them. */
export async function writeMails(
  deps: TakeInDeps,
  uidValidity: number,
  mails: readonly FreshMail[],
  signal: AbortSignal,
): Promise<void> {
  const structures = await structuresOf(deps, mails);
  const accepted: Promise<void>[] = [];
  try {
    for (const mail of mails) {
      signal.throwIfAborted();
      const found = await findMail(deps, uidValidity, mail, structures);
      const { isWritten, isAccepted } = put(deps, found);
      accepted.push(isAccepted);
      await Promise.race([isWritten, isAccepted]);
    }
  } finally {
    await Promise.allSettled(accepted);
  }
  await Promise.all(accepted);
  deps.onTaken(mails.length);
}

/** All structures by one command; mails that the connection may have died of are asked for one by one. */
async function structuresOf(
  { client, suspects }: TakeInDeps,
  mails: readonly FreshMail[],
): Promise<Map<number, MessageStructureObject>> {
  const uids = mails.map(({ head }) => head.uid).filter((uid) => !suspects.has(uid));
  for (const uid of uids) suspects.set(uid, 1);
  const structures = await client.structures(uids);
  for (const uid of uids) suspects.delete(uid);
  return structures;
}

async function findMail(
  deps: TakeInDeps,
  uidValidity: number,
  { head, dedupKey }: FreshMail,
  structures: ReadonlyMap<number, MessageStructureObject>,
): Promise<MailFound> {
  const { account, folder, own } = deps;
  const { parts, bytes, problem } = await fetchParts(deps, head.uid, structures);
  const { read, problem: unread } = await readIt(deps, head, parts, bytes);
  const cut =
    parts.text !== undefined && parts.text.size > maxPartBytes
      ? 'it is long: only its beginning was read'
      : null;
  return {
    account,
    folder,
    uidValidity,
    head,
    read,
    attachments: parts.attachments,
    attachmentCount: parts.attachmentCount,
    reason: problem ?? unread ?? parts.reason ?? cut,
    dedupKey,
    own: own(),
  };
}

interface Fetched {
  parts: MailParts;
  bytes: Buffer | undefined;
  problem: string | null;
}

async function fetchParts(
  { client, suspects, report }: TakeInDeps,
  uid: number,
  structures: ReadonlyMap<number, MessageStructureObject>,
): Promise<Fetched> {
  const failures = suspects.get(uid) ?? 0;
  if (failures >= maxFailures) {
    suspects.delete(uid);
    return { parts: noParts, bytes: undefined, problem: 'the server could not hand over its parts' };
  }
  suspects.set(uid, failures + 1);
  const structure = structures.get(uid) ?? (await client.structures([uid])).get(uid);
  if (structure === undefined) {
    suspects.delete(uid);
    return { parts: noParts, bytes: undefined, problem: 'its structure cannot be read' };
  }
  const parts = chosenParts(structure, report);
  const bytes = parts.text && (await client.part(uid, parts.text.part, maxPartBytes));
  suspects.delete(uid);
  return { parts, bytes, problem: null };
}

function chosenParts(structure: MessageStructureObject, report: TakeInDeps['report']): MailParts {
  try {
    return partsOf(structure);
  } catch (thrown) {
    report(thrown, 'reading the structure of a mail');
    return { ...noParts, reason: 'its structure cannot be read' };
  }
}

async function readIt(
  { parser, report }: TakeInDeps,
  { header }: MailHead,
  { text }: MailParts,
  bytes: Buffer | undefined,
): Promise<{ read: ReadMail | undefined; problem: string | null }> {
  const part: MailSource['part'] = text && bytes && { is: text, bytes };
  try {
    return { read: await parser.read({ header, part }), problem: null };
  } catch (thrown) {
    report(thrown, 'reading a mail');
    const problem = messageOf(thrown);
    // Where the text is to blame the headers may still be read.
    const read = part && (await parser.read({ header }).catch(() => undefined));
    return { read, problem };
  }
}

function put(
  { writer, now }: TakeInDeps,
  found: MailFound,
): { isWritten: Promise<void>; isAccepted: Promise<void> } {
  let onWritten = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => (onWritten = resolve));
  const isAccepted = writer.putAccepted(eventOfMail(found, now()), found.dedupKey, onWritten);
  // Awaited with the others of its batch; until then nobody may be missing.
  isAccepted.catch(() => undefined);
  return { isWritten, isAccepted };
}
