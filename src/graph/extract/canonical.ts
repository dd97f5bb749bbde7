import { isIPv6 } from 'node:net';
import type { EntityKind, EntityName } from './extraction.ts';

/** Longer than any name; a longer text is not kept. */
const maxNameChars = 200;
/** With a query that is cut off, say. */
const maxTextChars = 2_000;

const quotes = /[’‘`´]/g;
const edges = /^[\s"'([{<«“„*_~#]+|[\s"'“”»)\]}>*_~,;:!?.]+$/gu;
const titles = /^(?:(?:dr|mr|mrs|ms|miss|mx|prof|professor|sir|herr|frau|dipl|ing|phd|md)\.?\s+)+/iu;
const degrees = /,?\s+(?:ph\.?d|m\.?d|jr|sr|esq|msc|bsc|mba)\.?$/iu;
const legalForms =
  /,?\s+(?:gmbh(?:\s*&\s*co\.?\s*kg)?|ag|inc|llc|ltd|corp|corporation|limited|plc|s\.?a|se|kg|e\.?v|b\.?v|co)\.?$/iu;

/**
 * A name in a text as an entity of its kind, or undefined where nothing is left of it. Two spellings that differ only
 * in case, diacritics, punctuation, titles (`Dr`), a possessive `'s`, a company's legal form, `www.`, trailing dots,
 * `.git` or `.service` have the same key. The key of a key is that key.
 */
export function entityName(kind: EntityKind, text: string): EntityName | undefined {
  if (text.length > maxTextChars) return undefined;
  const name = tidied(kind, text);
  if (name === '' || name.length > maxNameChars) return undefined;
  const key = keyOf(kind, name);
  return key === '' || key.length > maxNameChars ? undefined : { kind, key, name };
}

/** Taking one thing away may uncover another: it goes on until nothing changes, which each step comes nearer to. */
function tidied(kind: EntityKind, text: string): string {
  const name = tidy(kind, text);
  return name === text ? name : tidied(kind, name);
}

function tidy(kind: EntityKind, text: string): string {
  const plain = text.normalize('NFC').replace(quotes, "'").replace(/\s+/g, ' ').replace(edges, '');
  switch (kind) {
    case 'url':
      return plainUrl(plain);
    case 'host':
      return plain.replace(/^www\./i, '').replace(/\.+$/, '');
    case 'repository':
      return plain.replace(/\/+$/, '').replace(/\.git$/i, '');
    case 'service':
      return plain.replace(/\.service$/i, '');
    case 'person':
    case 'organisation':
    case 'place':
    case 'other':
      return plain.replace(/'s?$/i, '').replace(edges, '');
    default:
      return plain;
  }
}

function keyOf(kind: EntityKind, name: string): string {
  switch (kind) {
    case 'url':
      return name.replace(/^[a-z]+:\/\/(?:www\.)?/i, '').replace(/\/$/, '');
    case 'ip':
      return isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
    case 'version':
      return name.toLowerCase().replace(/\bv(?=\d)/g, '');
    case 'person':
      return wordsOf(untilStable(name, (text) => text.replace(titles, '').replace(degrees, '')));
    case 'organisation':
      return wordsOf(untilStable(name, (text) => text.replace(legalForms, '')));
    case 'place':
    case 'other':
      return wordsOf(name);
    default:
      return name.toLowerCase();
  }
}

function untilStable(text: string, change: (text: string) => string): string {
  for (let before = text; ; before = text) {
    const after = change(before);
    // "Co" alone is a name, however much it looks like a legal form.
    if (after === before || after.trim() === '') return before;
    text = after;
  }
}

/** Letters and digits of any script without case and diacritics; everything between them is one blank. */
function wordsOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/['.]/g, '')
    .replace(/[^\p{L}\p{N}&+#]+/gu, ' ')
    .normalize('NFC')
    .trim();
}

/** Without what may be secret (user, password, query) or is no part of the address (fragment, default port). */
function plainUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return '';
  }
  const host = url.host.toLowerCase().replace(/\.(?=:|$)/, '');
  // `mailto:` and the like name no place.
  if (host === '') return '';
  return `${url.protocol}//${host}${url.pathname.replace(/\/+$/, '')}`;
}
