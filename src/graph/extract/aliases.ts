import { entityName } from './canonical.ts';
import type { EntityName, FoundAlias, NameSpan } from './extraction.ts';

const namePattern = String.raw`["“'‘]?(?<name>\p{L}[\p{L}\p{M}\p{N}'’.-]*(?:\s\p{Lu}[\p{L}\p{M}\p{N}'’.-]*){0,3})`;
const saidAlias = new RegExp(
  String.raw`^["”'’]?,?\s*\(?(?:aka|a\.k\.a\.|also known as|also called|alias|nicknamed|known as|who goes by|goes by)\s+${namePattern}`,
  'u',
);
const shortFor = /^["”'’]?,?\s*\(?(?:is\s+)?short for\s+$/u;
const parenthesised = /^\s*\((?<name>[\p{L}\p{N}&-]{2,12})\)/u;

/**
 * Other names that a sentence gives to one of its names in words (`also known as`, `aka`, `short for`) or as an
 * abbreviation in parentheses whose letters are the initials. Sounding alike is no evidence.
 */
export function saidAliases(sentence: string, names: readonly NameSpan[]): FoundAlias[] {
  return names.flatMap((of, index) => {
    const rest = sentence.slice(of.end, of.end + 200);
    const next = names[index + 1];
    if (next !== undefined && next.kind === of.kind && shortFor.test(sentence.slice(of.end, next.start)))
      return pair(next, of.kind, of.name);
    const said = saidAlias.exec(rest)?.groups?.['name'];
    if (said !== undefined) return pair(of, of.kind, said);
    const short = parenthesised.exec(rest)?.groups?.['name'];
    return short !== undefined && areInitials(short, of.name) ? pair(of, of.kind, short) : [];
  });
}

/**
 * For each name of one word the full name of the same text that it stands for: `Bob` is Bob Miller where the text has
 * Bob Miller and no other Bob. That holds for this text only.
 */
export function shortForms(names: readonly EntityName[]): Map<string, EntityName> {
  const people = names.filter(({ kind }) => kind === 'person');
  const forms = new Map<string, EntityName>();
  for (const { key } of people) {
    if (key.includes(' ')) continue;
    const full = new Map(
      people.filter((person) => isPartOf(key, person.key)).map((person) => [person.key, person]),
    );
    const [only] = full.values();
    if (only !== undefined && full.size === 1) forms.set(key, only);
  }
  return forms;
}

function isPartOf(word: string, key: string): boolean {
  const words = key.split(' ');
  return words.length > 1 && (words[0] === word || words.at(-1) === word);
}

function areInitials(short: string, name: string): boolean {
  const words = name.split(/[\s-]+/).filter((word) => /^\p{Lu}/u.test(word));
  return (
    words.length > 1 &&
    words
      .map((word) => word[0])
      .join('')
      .toLowerCase() === short.toLowerCase()
  );
}

function pair({ kind, key, name }: EntityName, aliasKind: EntityName['kind'], text: string): FoundAlias[] {
  const alias = entityName(aliasKind, text);
  if (alias === undefined || alias.key === key) return [];
  return [{ of: { kind, key, name }, alias }];
}
