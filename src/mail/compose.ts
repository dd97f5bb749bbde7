import type { NewEvent } from '../lib/wire/put-event.ts';
import { type Account, keyOf } from './account.ts';
import { authOf } from './auth-results.ts';
import type { MailHead } from './fingerprint.ts';
import { headerOf, type Headers, readHeaders } from './headers.ts';
import { marksOf } from './marks.ts';
import type { Attachment } from './parts.ts';
import type { ReadMail } from './read-mail.ts';
import { oneLine } from './text/clean.ts';

/** All that is known of a mail when its event is written. */
export interface MailFound {
  account: Pick<Account, 'name' | 'source' | 'authServer'>;
  folder: string;
  uidValidity: number;
  head: MailHead;
  /** What was read of it; undefined where that failed. */
  read: ReadMail | undefined;
  attachments: readonly Attachment[];
  attachmentCount: number;
  /** Why there is no text, or not all of it. */
  reason: string | null;
  dedupKey: string;
  /** The owner's addresses, in lower case. */
  own: ReadonlySet<string>;
}

/** The category of all events of mail. */
export const mailCategory = 'mail';

/**
 * The event of a mail. It names no conversation and no address for answers, so that nothing in it can be taken for the
 * owner's. Times in the future are as good as now.
 */
export function eventOfMail(found: MailFound, now: Date): NewEvent {
  const { account, head, dedupKey } = found;
  return {
    priority: 'NORMAL',
    source: account.source,
    timestamp: Math.min(head.receivedAt.getTime(), now.getTime()),
    category: mailCategory,
    payload: { ...payloadOf(found), dedupKey },
  };
}

function payloadOf({
  account,
  folder,
  uidValidity,
  head,
  read,
  attachments,
  attachmentCount,
  reason,
  own,
}: MailFound) {
  const headers = readHeaders(head.header);
  const fields = read ?? bareFields(headers);
  const { list, bulk, automatic } = marksOf(headers, fields.from.address, own);
  const text = read?.text ?? '';
  return {
    text: text === '' ? `(${reason ?? 'the mail has no text'})` : text,
    from: fields.from.address,
    fromName: fields.from.name,
    to: fields.to,
    ...(fields.toCount > fields.to.length && { toCount: fields.toCount }),
    subject: fields.subject,
    date: fields.date ?? head.receivedAt.toISOString(),
    folder,
    account: account.name,
    messageId: fields.messageId,
    list,
    bulk,
    automatic,
    auth: authOf(headers, account.authServer),
    attachments,
    ...(attachmentCount > attachments.length && { attachmentCount }),
    hidden: read?.hidden ?? { elements: 0, characters: 0 },
    trimmed: read?.trimmed ?? { quotedLines: 0, signature: false, cutCharacters: 0 },
    unparsed: reason,
    size: head.size,
    uid: head.uid,
    uidValidity,
  };
}

const maxRawChars = 300;

/** The fields as they stand, for a mail that could not be read. */
function bareFields(headers: Headers): Omit<ReadMail, 'text' | 'hidden' | 'trimmed'> {
  const raw = (name: string): string => oneLine(headerOf(headers, name) ?? '', maxRawChars);
  const from = raw('from');
  return {
    from: { name: from, address: (/[^\s<>"(),;]+@[^\s<>"(),;]+/.exec(from)?.[0] ?? '').toLowerCase() },
    to: [raw('to')].filter((to) => to !== ''),
    toCount: 1,
    subject: raw('subject'),
    date: null,
    messageId: raw('message-id') || null,
  };
}

/** Mails that no event is made of, since they are too many at once. */
export interface DigestFound {
  account: Pick<Account, 'name' | 'source'>;
  folder: string;
  uidValidity: number;
  /** How many there are, and the subjects and senders of some, as they stand. */
  count: number;
  shown: readonly MailHead[];
  /** Why they came together. */
  why: string;
  dedupKey: string;
}

const shownMails = 20;

/** The one line for mails beyond the cap. It starts no task. */
export function eventOfDigest(
  { account, folder, uidValidity, count, shown, why, dedupKey }: DigestFound,
  now: Date,
): NewEvent {
  const title = `${count} more ${count === 1 ? 'mail' : 'mails'} in ${keyOf(account.name, folder)}`;
  const lines = shown.slice(0, shownMails).map(({ header }) => {
    const headers = readHeaders(header);
    const raw = (name: string): string => oneLine(headerOf(headers, name) ?? '', 120);
    return `- ${raw('subject') || '(no subject)'}, from ${raw('from') || 'nobody'}`;
  });
  const left = count - lines.length;
  return {
    priority: 'NORMAL',
    source: account.source,
    timestamp: now.getTime(),
    category: mailCategory,
    payload: {
      text: [`${title}: ${why}.`, ...lines, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n'),
      from: '',
      fromName: '',
      to: [],
      subject: title,
      date: now.toISOString(),
      folder,
      account: account.name,
      messageId: null,
      list: null,
      bulk: true,
      automatic: 'digest',
      auth: null,
      attachments: [],
      digest: count,
      uidValidity,
      dedupKey,
    },
  };
}
