import { createHash } from 'node:crypto';
import { type Account, mailboxOf } from './account.ts';
import { headerOf, readHeaders } from './headers.ts';

/** A mail as far as every folder gives it without its parts. */
export interface MailHead {
  uid: number;
  /** Bytes of the whole mail. */
  size: number;
  /** When the server received it. */
  receivedAt: Date;
  /** The header block, its first 64 KB. */
  header: Buffer;
  /** The first 4 KB of what follows. */
  bodyStart: Buffer;
}

/** What a mail is, whatever number it has and wherever it lies. */
export interface Fingerprint {
  value: string;
  /** It has a Message-ID: another mail with the same one, the same sender, subject, date and beginning is a copy. */
  hasMessageId: boolean;
}

/**
 * Tells mails apart by their contents. A Message-ID alone would let a stranger silence a mail by using its id, and a sender
 * with a subject and a second would lose the second of two.
 */
export function fingerprintOf({ size, header, bodyStart }: MailHead): Fingerprint {
  const headers = readHeaders(header);
  const messageId = headerOf(headers, 'message-id') ?? '';
  const hash = createHash('sha256');
  if (messageId === '') {
    hash.update(`${size}\n`).update(header).update('\0').update(bodyStart);
    return { value: `h:${hash.digest('hex').slice(0, 40)}`, hasMessageId: false };
  }
  for (const name of ['from', 'subject', 'date']) hash.update(`${headerOf(headers, name) ?? ''}\n`);
  hash.update(messageId).update('\0').update(bodyStart);
  return { value: `m:${hash.digest('hex').slice(0, 40)}`, hasMessageId: true };
}

/** The key by which the event of a mail is written once, however often it is tried. */
export function dedupKeyOf(
  account: Pick<Account, 'host' | 'user'>,
  folder: string,
  uidValidity: number,
  uid: number,
  fingerprint: Fingerprint,
): string {
  const place = [mailboxOf(account), folder, uidValidity, uid, fingerprint.value].join('\0');
  return `mail:${createHash('sha256').update(place).digest('hex').slice(0, 40)}`;
}
