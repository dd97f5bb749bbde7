import type { MessageStructureObject } from 'imapflow';
import { oneLine } from './text/clean.ts';

/** The part of a mail that is read as its text. */
export interface TextPart {
  /** Its number, for the server. */
  part: string;
  type: 'text/plain' | 'text/html';
  charset: string;
  encoding: string;
  isFlowed: boolean;
  delSp: boolean;
  size: number;
}

/** A part that is only named. */
export interface Attachment {
  name: string | null;
  type: string;
  /** Bytes as they are sent, which base64 makes a third more of. */
  size: number | null;
}

/** What a mail is made of. */
export interface MailParts {
  text: TextPart | undefined;
  attachments: Attachment[];
  /** How many there are, of which at most 20 are named. */
  attachmentCount: number;
  /** Says why there is no text, where that is not plain. */
  reason: string | null;
}

const maxParts = 2_000;
const maxDepth = 30;
const maxAttachments = 20;
/** A plain part this short beside a page says at most that there is a page. */
const leastPlainBytes = 4;

/** Chooses the text of a mail, and names what else it has, before anything of it is fetched. */
export function partsOf(structure: MessageStructureObject): MailParts {
  const leaves = leavesOf(structure);
  const texts = leaves.filter(isInlineText).map(textPart);
  const text = chosen(texts);
  const others = leaves.filter((leaf) => isAttachment(leaf));
  const sealed = leaves.some(({ type }) => /encrypted|pkcs7-mime/i.test(type));
  return {
    text,
    attachments: others.slice(0, maxAttachments).map(attachmentOf),
    attachmentCount: others.length,
    reason:
      text !== undefined
        ? null
        : sealed
          ? 'it is encrypted, so that its text cannot be read'
          : 'it has no part with text',
  };
}

function chosen(texts: readonly TextPart[]): TextPart | undefined {
  const plain = texts.find(({ type }) => type === 'text/plain');
  const page = texts.find(({ type }) => type === 'text/html');
  if (plain !== undefined && page !== undefined && plain.size < leastPlainBytes) return page;
  return plain ?? page;
}

/** The parts that have no parts, in their order. A mail within a mail is one part. */
function leavesOf(structure: MessageStructureObject): MessageStructureObject[] {
  const leaves: MessageStructureObject[] = [];
  let waiting: { node: MessageStructureObject; depth: number }[] = [{ node: structure, depth: 0 }];
  let seen = 0;
  while (waiting.length > 0 && seen < maxParts) {
    const [next, ...others] = waiting as [(typeof waiting)[number], ...typeof waiting];
    waiting = others;
    seen += 1;
    const { node, depth } = next;
    const children = node.type.toLowerCase() === 'message/rfc822' ? [] : (node.childNodes ?? []);
    if (children.length === 0) leaves.push(node);
    else if (depth < maxDepth)
      waiting = [
        ...children.slice(0, maxParts).map((child) => ({ node: child, depth: depth + 1 })),
        ...waiting,
      ];
  }
  return leaves;
}

function isInlineText({ type, disposition, part, childNodes }: MessageStructureObject): boolean {
  const isText = /^text\/(?:plain|html)$/i.test(type) && childNodes === undefined;
  return (
    isText &&
    disposition?.toLowerCase() !== 'attachment' &&
    (part === undefined || /^[\d.]{1,60}$/.test(part))
  );
}

function isAttachment(leaf: MessageStructureObject): boolean {
  return !isInlineText(leaf) && !/^multipart\//i.test(leaf.type);
}

function textPart({
  part = '1',
  type,
  parameters = {},
  encoding = '7bit',
  size = 0,
}: MessageStructureObject): TextPart {
  return {
    part,
    type: type.toLowerCase() === 'text/html' ? 'text/html' : 'text/plain',
    charset: token(parameters['charset'] ?? 'us-ascii'),
    encoding: token(encoding),
    isFlowed: parameters['format']?.toLowerCase() === 'flowed',
    delSp: parameters['delsp']?.toLowerCase() === 'yes',
    size,
  };
}

function attachmentOf({ type, parameters, dispositionParameters, size }: MessageStructureObject): Attachment {
  const name = dispositionParameters?.['filename'] ?? parameters?.['name'];
  return {
    name: name === undefined ? null : oneLine(name, 120),
    type: oneLine(type, 80),
    size: size ?? null,
  };
}

/** A word that may stand in a header. */
function token(given: string): string {
  return given.replaceAll(/[^A-Za-z0-9_.:+-]/g, '').slice(0, 40);
}
