import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import type { TextPart } from './parts.ts';
import { cutBytes, oneLine, visible } from './text/clean.ts';
import { textOfPage } from './text/html-text.ts';
import { tidy, trimQuotes } from './text/trim.ts';

/** What is read of a mail in a thread of its own: its header block, and the part that is its text. */
export interface MailSource {
  header: Uint8Array;
  part?:
    | { is: Pick<TextPart, 'type' | 'charset' | 'encoding' | 'isFlowed' | 'delSp'>; bytes: Uint8Array }
    | undefined;
}

/** A person or list in a mail. */
export interface MailAddress {
  name: string;
  /** In lower case; empty where it is none. */
  address: string;
}

/** A mail as it was read. */
export interface ReadMail {
  from: MailAddress;
  /** To and Cc, the first 20. */
  to: string[];
  toCount: number;
  subject: string;
  /** What the sender says; null where it is no time. */
  date: string | null;
  messageId: string | null;
  text: string;
  /** What nobody would have seen and was left out. */
  hidden: { elements: number; characters: number };
  trimmed: { quotedLines: number; signature: boolean; cutCharacters: number };
}

/** Most of a mail's text that becomes part of an event, in bytes. */
export const maxTextBytes = 16 * 1024;

const maxRecipients = 20;
const maxSubjectChars = 500;
const maxNameChars = 200;
const maxAddressChars = 320;
const contentFields = /^(?:content-[^:]*|mime-version)[ \t]*:/i;

/** Reads a mail. Slow for what was made to be slow, so it runs in a thread that can be ended. */
export async function readMail({ header, part }: MailSource): Promise<ReadMail> {
  const mail = await simpleParser(messageOf(header, part), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
  });
  return { ...fieldsOf(mail), ...textOf(mail, part?.is.type) };
}

function fieldsOf(mail: ParsedMail): Omit<ReadMail, 'text' | 'hidden' | 'trimmed'> {
  const [sender] = addressesOf(mail.from);
  const recipients = [...addressesOf(mail.to), ...addressesOf(mail.cc)].map(({ address }) => address);
  const known = recipients.filter((address) => address !== '');
  const date = mail.date?.getTime() ?? Number.NaN;
  return {
    from: sender ?? { name: '', address: '' },
    to: known.slice(0, maxRecipients),
    toCount: known.length,
    subject: oneLine(mail.subject ?? '', maxSubjectChars),
    date: isTime(date) ? new Date(date).toISOString() : null,
    messageId: mail.messageId === undefined ? null : oneLine(mail.messageId, 300) || null,
  };
}

function textOf(
  { text = '', html }: ParsedMail,
  type: TextPart['type'] | undefined,
): Pick<ReadMail, 'text' | 'hidden' | 'trimmed'> {
  const page =
    type === 'text/html'
      ? textOfPage(typeof html === 'string' ? html : '')
      : { text, hiddenElements: 0, hiddenChars: 0 };
  const seen = visible(page.text);
  const { text: own, quotedLines, hasSignature } = trimQuotes(seen.text);
  const { text: kept, cutChars } = cutBytes(own, maxTextBytes);
  return {
    text: tidy(kept),
    hidden: { elements: page.hiddenElements, characters: page.hiddenChars + seen.removed },
    trimmed: { quotedLines, signature: hasSignature, cutCharacters: cutChars },
  };
}

/** The mail with that part as its whole body. */
function messageOf(header: Uint8Array, part: MailSource['part']): Buffer {
  const fields = withoutContentFields(Buffer.from(header).toString('latin1'));
  const { type, charset, encoding, isFlowed, delSp } = part?.is ?? {
    type: 'text/plain',
    charset: 'utf-8',
    encoding: '7bit',
    isFlowed: false,
    delSp: false,
  };
  const flowed = isFlowed ? `; format=flowed${delSp ? '; delsp=yes' : ''}` : '';
  const content = [
    'MIME-Version: 1.0',
    `Content-Type: ${type}; charset="${charset}"${flowed}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(fields + content, 'latin1'), Buffer.from(part?.bytes ?? [])]);
}

function withoutContentFields(block: string): string {
  let isDropped = false;
  const kept: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    if (line === '') break;
    if (!/^[ \t]/.test(line)) isDropped = contentFields.test(line);
    if (!isDropped) kept.push(`${line}\r\n`);
  }
  return kept.join('');
}

function addressesOf(given: AddressObject | AddressObject[] | undefined): MailAddress[] {
  const lists = given === undefined ? [] : [given].flat();
  return lists
    .flatMap(({ value }) => value)
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address }) => ({
      name: oneLine(name, maxNameChars),
      address: oneLine(address ?? '', maxAddressChars).toLowerCase(),
    }));
}

function isTime(ms: number): boolean {
  return Number.isFinite(ms) && Math.abs(ms) < 8e15 && ms > Date.UTC(1970, 0, 2) && ms < Date.UTC(9999, 0, 1);
}
