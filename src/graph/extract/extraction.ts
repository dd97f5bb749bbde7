/** Kinds of entities. `other`: a name of something that is none of the rest, such as a product. */
export const entityKinds = [
  'person',
  'organisation',
  'place',
  'host',
  'service',
  'repository',
  'url',
  'email',
  'ip',
  'version',
  'other',
] as const;
export type EntityKind = (typeof entityKinds)[number];

/** A name by which something is known: two spellings of one name share its `key` within a kind. */
export interface EntityName {
  kind: EntityKind;
  key: string;
  /** As it is shown. */
  name: string;
}

/** A name found in a text; `snippet` is what stands around it, at most 200 characters. */
export interface FoundEntity extends EntityName {
  snippet: string;
}

/** A relation found in a sentence, between two names that were found too. */
export interface FoundRelation {
  subject: EntityName;
  /** A verb's base form with its preposition, such as `work_at`, or `mentioned_with`, which has no direction. */
  predicate: string;
  object: EntityName;
  snippet: string;
}

/** A text that says in words that one name is another one's. */
export interface FoundAlias {
  of: EntityName;
  alias: EntityName;
}

/** Findings in a text; each name, relation and alias once. */
export interface Extraction {
  entities: FoundEntity[];
  relations: FoundRelation[];
  aliases: FoundAlias[];
}

/** A name within a sentence, where it stands as `sentence.slice(start, end)`. */
export interface NameSpan extends EntityName {
  start: number;
  end: number;
}

/** Two names that stand in one sentence and no verb joins. */
export const coOccurrence = 'mentioned_with';
