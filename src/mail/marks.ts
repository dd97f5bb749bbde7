import { type Headers, headerOf } from './headers.ts';

/** What a mail is besides its words, as its headers say. */
export interface Marks {
  /** The id of the list that it came by. */
  list: string | null;
  /** It went to many at once. */
  bulk: boolean;
  /**
   * Why it starts no task: `own` was sent from an address of the owner, `ninjad` by ninjad itself, anything else is what
   * `Auto-Submitted` says. Null where a person may have sent it.
   */
  automatic: string | null;
}

/** The marks of a mail. `from` is its sender's address; `own` are the owner's, in lower case. */
export function marksOf(headers: Headers, from: string, own: ReadonlySet<string>): Marks {
  const list = listOf(headers);
  const precedence = headerOf(headers, 'precedence')?.toLowerCase() ?? '';
  const bulk =
    list !== null ||
    /\b(?:bulk|list|junk)\b/.test(precedence) ||
    headers.has('list-unsubscribe') ||
    headers.has('feedback-id');
  return { list, bulk, automatic: automaticOf(headers, from, own) };
}

function automaticOf(headers: Headers, from: string, own: ReadonlySet<string>): string | null {
  if (headers.has('x-ninjad')) return 'ninjad';
  if (own.has(plainAddress(from))) return 'own';
  const submitted = headerOf(headers, 'auto-submitted')?.trim().toLowerCase() ?? 'no';
  if (!/^no\b/.test(submitted)) return /^[a-z-]{1,40}/.exec(submitted)?.[0] ?? 'auto-submitted';
  if (
    headers.has('x-auto-response-suppress') &&
    /auto-?repl|out of office/i.test(headerOf(headers, 'subject') ?? '')
  )
    return 'auto-replied';
  if (headers.has('x-autoreply') || headers.has('x-autorespond')) return 'auto-replied';
  if (headerOf(headers, 'return-path')?.trim() === '<>') return 'bounce';
  return null;
}

/** An address without what a sender may add behind a plus sign. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*(?=@)/, '');
}

function listOf(headers: Headers): string | null {
  const field = headerOf(headers, 'list-id')?.slice(0, 500);
  if (field === undefined) return null;
  const id = /<([^<>]+)>\s*$/.exec(field)?.[1] ?? field;
  return (
    id
      .replaceAll(/[^\x21-\x7e]/g, '')
      .toLowerCase()
      .slice(0, 200) || 'unnamed'
  );
}
