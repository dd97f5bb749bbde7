import type { NamedEntity } from '../../lib/inference/inference.ts';
import { saidAliases, shortForms } from './aliases.ts';
import { entityName } from './canonical.ts';
import type { EntityName, Extraction, FoundEntity, FoundRelation, NameSpan } from './extraction.ts';
import type { Gazetteer } from './gazetteer.ts';
import { parseSentence } from './parse-sentence.ts';
import { patternNames } from './pattern-names.ts';
import { properNames } from './proper-names.ts';
import { relationsOf } from './relations.ts';

/** The most that one text may add, so that a mail of ten thousand names is no flood. */
export interface ExtractionLimits {
  entities: number;
  relations: number;
}

export interface ExtractionOptions {
  gazetteer: Gazetteer;
  limits: ExtractionLimits;
  /** Names that the NER model saw, for each sentence. */
  named?: readonly (readonly NamedEntity[])[];
}

const maxSnippetChars = 200;
const minScore = 0.8;

/**
 * Draws names, relations and aliases from sentences (see `sentencesOf`): shapes and known names first, then what the NER
 * model saw, then what grammar and context suggest. A short form of a full name of the same text counts as that name.
 * Takes up to 10 ms a sentence: not for the daemon's own thread.
 */
export function extract(sentences: readonly string[], options: ExtractionOptions): Extraction {
  const draft = createDraft(options.limits);
  for (const [index, sentence] of sentences.entries()) {
    if (draft.isFull()) break;
    const known = knownNames(sentence, options, options.named?.[index] ?? []);
    const tokens = parseSentence(sentence, known);
    const names = withProducts(
      [...known, ...properNames(tokens, sentence)].sort((one, other) => one.start - other.start),
    );
    for (const name of names) draft.addEntity({ ...plain(name), snippet: snippetOf(sentence, name.start) });
    for (const relation of relationsOf(tokens, names))
      draft.addRelation({
        ...relation,
        subject: plain(relation.subject),
        object: plain(relation.object),
        snippet: snippetOf(sentence, 0),
      });
    draft.aliases.push(...saidAliases(sentence, names));
  }
  return draft.finish();
}

/** Names that are certain before grammar is asked; the earlier in this list wins where two overlap. */
function knownNames(
  sentence: string,
  { gazetteer }: ExtractionOptions,
  named: readonly NamedEntity[],
): NameSpan[] {
  const patterns = patternNames(sentence);
  const seen = named.flatMap(spanOfNamed);
  const listed = gazetteer.find(sentence).filter((name) => !isPartOfLongerName(name, sentence));
  const spans: NameSpan[] = [];
  for (const span of [...listed.filter(({ name }) => name.includes(' ')), ...patterns, ...listed, ...seen]) {
    if (!spans.some(({ start, end }) => span.start < end && start < span.end)) spans.push(span);
  }
  return spans.sort((one, other) => one.start - other.start);
}

/** Bob is known, but here stands Bob Miller. */
function isPartOfLongerName({ kind, start, end }: NameSpan, sentence: string): boolean {
  if (kind !== 'person' && kind !== 'organisation' && kind !== 'place') return false;
  return (
    /^ \p{Lu}\p{Ll}/u.test(sentence.slice(end, end + 3)) ||
    /\p{Lu}[\p{Ll}\p{M}]+ $/u.test(sentence.slice(0, start))
  );
}

/** A version right behind a name belongs to it: `nginx 1.25`, not any 1.25. */
function withProducts(names: readonly NameSpan[]): NameSpan[] {
  return names.map((name, index) => {
    const before = names[index - 1];
    const isVersion = name.kind === 'version' && before !== undefined && name.start - before.end === 1;
    if (!isVersion || !['service', 'repository', 'other', 'organisation'].includes(before.kind)) return name;
    return { ...name, key: `${before.key} ${name.key}`, name: `${before.name} ${name.name}` };
  });
}

function spanOfNamed({ kind, text, start, end, score }: NamedEntity): NameSpan[] {
  const name = score < minScore ? undefined : entityName(kind, text);
  return name === undefined ? [] : [{ ...name, start, end }];
}

function plain({ kind, key, name }: EntityName): EntityName {
  return { kind, key, name };
}

function snippetOf(sentence: string, at: number): string {
  if (sentence.length <= maxSnippetChars) return sentence;
  const start = Math.max(0, Math.min(at - maxSnippetChars / 4, sentence.length - maxSnippetChars));
  return sentence.slice(start, start + maxSnippetChars).replace(/[\uD800-\uDBFF]$|^[\uDC00-\uDFFF]/g, '');
}

function createDraft(limits: ExtractionLimits) {
  const entities = new Map<string, FoundEntity>();
  const relations = new Map<string, FoundRelation>();
  const aliases: Extraction['aliases'] = [];
  const idOf = ({ kind, key }: EntityName): string => `${kind}\n${key}`;
  const tripleOf = ({ subject, predicate, object }: FoundRelation): string =>
    [idOf(subject), predicate, idOf(object)].join('\n\n');

  return {
    aliases,
    isFull: () => entities.size >= limits.entities,
    addEntity(found: FoundEntity) {
      if (entities.size < limits.entities && !entities.has(idOf(found))) entities.set(idOf(found), found);
    },
    addRelation(found: FoundRelation) {
      if (relations.size < limits.relations && !relations.has(tripleOf(found)))
        relations.set(tripleOf(found), found);
    },
    finish(): Extraction {
      const forms = shortForms([...entities.values()]);
      const full = <Name extends EntityName>(name: Name): Name =>
        name.kind === 'person' ? { ...name, ...plain(forms.get(name.key) ?? name) } : name;
      const kept = uniqueBy([...entities.values()].map(full), idOf);
      const ids = new Set(kept.map(idOf));
      const same = new Set(aliases.map(({ of, alias }) => [idOf(of), idOf(alias)].sort().join('\n\n')));
      const isAlias = ({ subject, object }: FoundRelation): boolean =>
        same.has([idOf(subject), idOf(object)].sort().join('\n\n'));
      const joined = [...relations.values()]
        .map((found) => ({ ...found, subject: full(found.subject), object: full(found.object) }))
        .filter(
          ({ subject, object }) =>
            idOf(subject) !== idOf(object) && ids.has(idOf(subject)) && ids.has(idOf(object)),
        )
        .filter((found) => !isAlias(found));
      return {
        entities: kept,
        relations: uniqueBy(joined, tripleOf),
        aliases: uniqueBy(
          aliases.filter(({ of }) => ids.has(idOf(of))),
          ({ of, alias }) => `${idOf(of)}\n\n${idOf(alias)}`,
        ),
      };
    },
  };
}

function uniqueBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed();
}
