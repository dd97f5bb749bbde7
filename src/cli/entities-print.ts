import type { Answers } from '../operations.ts';

type EntityDetail = Answers['entity.get'];
type EntitySummary = Answers['entities.search']['items'][number];
type Evidence = EntityDetail['evidence'][number];
import { paint } from './paint.ts';
import { tableLines } from './print.ts';
import { cut, oneLine } from './printable.ts';
import { relativeTime } from './units.ts';

const shownAliases = 3;

/** Entities as a table. */
export function entityTable(entities: readonly EntitySummary[], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'kind' },
    { title: 'mentions', align: 'right' as const },
    { title: 'seen' },
    { title: 'trust' },
    { title: 'name' },
  ];
  return tableLines(
    columns,
    entities.map((entity) => [
      String(entity.id),
      oneLine(entity.kind),
      String(entity.mentions),
      relativeTime(Date.parse(entity.lastSeenAt), now),
      oneLine(entity.trust),
      nameOf(entity),
    ]),
  );
}

/** One entity with its names, relations and where it was read. */
export function entityLines(entity: EntityDetail, now: number): string[] {
  const ago = (at: string): string => relativeTime(Date.parse(at), now);
  return [
    `${paint('bold', oneLine(entity.name))}  ${oneLine(entity.kind)} ${entity.id}${entity.taught ? ', taught by you' : ''}`,
    ...(entity.aliases.length === 0 ? [] : [`also ${entity.aliases.map(oneLine).join(', ')}`]),
    `${entity.mentions} mentions, trust: ${oneLine(entity.trust)}, first ${ago(entity.firstSeenAt)}, last ${ago(entity.lastSeenAt)}`,
    ...relationLines(entity),
    ...evidenceLines(entity, ago),
  ];
}

function relationLines({ name, relations }: EntityDetail): string[] {
  if (relations.length === 0) return [];
  const rows = relations.map(({ predicate, direction, other, weight, mentions, trust }) => [
    weight.toFixed(2),
    String(mentions),
    oneLine(trust),
    direction === 'out'
      ? oneLine(`${name} ${wordsOf(predicate)} ${other.name}`)
      : oneLine(`${other.name} ${wordsOf(predicate)} ${name}`),
  ]);
  const right = 'right' as const;
  const columns = [
    { title: 'weight', align: right },
    { title: 'times', align: right },
    { title: 'trust' },
    { title: 'relation' },
  ];
  return ['', ...tableLines(columns, rows)];
}

function evidenceLines({ evidence }: EntityDetail, ago: (at: string) => string): string[] {
  if (evidence.length === 0) return [];
  const rows = evidence.map(({ memoryId, taskId, eventId, snippet, at, trust }) => [
    placeOf({ memoryId, taskId, eventId }),
    at === null ? '' : ago(at),
    oneLine(trust ?? ''),
    oneLine(snippet),
  ]);
  return [
    '',
    ...tableLines([{ title: 'read in' }, { title: 'when' }, { title: 'trust' }, { title: 'text' }], rows),
  ];
}

function placeOf({ memoryId, taskId, eventId }: Pick<Evidence, 'memoryId' | 'taskId' | 'eventId'>): string {
  if (memoryId !== null) return `memory ${memoryId}`;
  return taskId === null ? `event ${eventId ?? ''}` : `task ${taskId}`;
}

function wordsOf(predicate: string): string {
  return predicate.replaceAll('_', ' ');
}

function nameOf({ name, aliases }: EntitySummary): string {
  if (aliases.length === 0) return oneLine(name);
  const more = aliases.length > shownAliases ? ', …' : '';
  return `${oneLine(name)} ${paint('dim', `(${cut(oneLine(aliases.slice(0, shownAliases).join(', ')), 80)}${more})`)}`;
}
