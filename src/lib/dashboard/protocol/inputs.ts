import { z } from 'zod';
import { entityKinds } from '../../graph/extraction.ts';
import { eventStatuses, taskStates } from '../../control/requests.ts';
import { memoryKinds } from '../../memory/kinds.ts';
import { memoryTags, memoryText, memoryTitle } from '../../memory/memory-line.ts';
import { memoryEditBody, memoryFilter } from '../../memory/requests.ts';
import { costGroupings } from '../../store/tasks/cost-report.ts';
import { PRIORITIES } from '../../wire/priority.ts';

const maxTextChars = 100_000;
const maxReasonChars = 2_000;

/** Ids come as numbers over a socket and as words of a path over HTTP. */
export const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const limit = z.coerce.number().int().min(1).max(200).default(50);
const word = z.string().min(1).max(64);
const search = z.string().min(1).max(500);
const reason = z.string().max(maxReasonChars).optional();
const text = z.string().min(1).max(maxTextChars);
const time = z.iso.datetime({ offset: true }).transform((given) => new Date(given));

/** A conversation's name, as `ninjad ask --conversation` takes it. */
export const conversationName = z.string().min(1).max(128);

export const nothing = z.strictObject({});
export const byId = z.strictObject({ id });

/** The kinds, trusts and states as the schema's constraints know them. */
export const trusts = ['owner', 'local', 'untrusted'] as const;
export const wishStates = [
  'proposed',
  'approved',
  'rejected',
  'drafting',
  'drafted',
  'failed',
  'applied',
] as const;
export const findingStates = ['open', 'accepted', 'dismissed'] as const;

/** Pages go back in time: `before` is the `next` of the page before. */
const page = { before: id.optional(), limit };

export const eventsInput = z.strictObject({
  status: z.enum(eventStatuses).optional(),
  priority: z.enum(PRIORITIES).optional(),
  source: word.optional(),
  category: word.optional(),
  text: search.optional(),
  ...page,
});
export const explainInput = z.strictObject({ line: text });

export const tasksInput = z.strictObject({
  state: z.enum(taskStates).optional(),
  priority: z.enum(PRIORITIES).optional(),
  source: word.optional(),
  category: word.optional(),
  conversation: conversationName.optional(),
  text: search.optional(),
  ...page,
});
export const steerInput = z.strictObject({ id, text });

export const chatSendInput = z.strictObject({
  conversation: conversationName,
  text,
  /** Made by the page once for each message; a repeated one is answered and does nothing. */
  dedupKey: z.string().regex(/^[A-Za-z0-9._:-]{8,128}$/, 'expected 8 to 128 letters, digits and ._:-'),
});
export const chatTurnsInput = z.strictObject({ conversation: conversationName, ...page });
export const chatReadInput = z.strictObject({ conversation: conversationName, until: z.iso.datetime() });

export const memorySearchInput = z.strictObject({
  text,
  limit,
  kind: z.enum(memoryKinds).optional(),
  trust: z.enum(trusts).optional(),
  source: word.optional(),
  since: time.optional(),
  until: time.optional(),
});
export const memoriesInput = memoryFilter.extend(page);
export const memoryEditInput = memoryEditBody.safeExtend({ id });
export const memoryPinInput = z.strictObject({ id, pinned: z.boolean() });
export const memoryAddInput = z.strictObject({
  content: memoryText,
  kind: z.enum(memoryKinds).default('note'),
  title: memoryTitle.optional(),
  importance: z.number().min(0).max(1).optional(),
  tags: memoryTags.default([]),
});

export const graphInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  kind: z.enum(entityKinds).optional(),
  /** Only the neighbourhood of this entity. */
  around: id.optional(),
});
export const entitiesInput = z.strictObject({
  text: search.optional(),
  kind: z.enum(entityKinds).optional(),
  limit,
});

export const wishesInput = z.strictObject({ state: z.enum(wishStates).optional(), ...page });
export const wishDecideInput = z.strictObject({
  id,
  /** `reopen` takes an approval or rejection back while nothing was drafted. */
  decision: z.enum(['approve', 'reject', 'reopen']),
  reason,
});
export const wishAddInput = z.strictObject({
  title: z.string().min(1).max(200),
  description: z.string().min(1).max(20_000),
});
export const findingsInput = z.strictObject({ state: z.enum(findingStates).optional(), ...page });
export const findingDecideInput = z.strictObject({ id, decision: z.enum(['accept', 'dismiss']), reason });
export const goalPauseInput = z.strictObject({ id, paused: z.boolean(), reason });

const settingName = z.string().min(1).max(128);
export const configSetInput = z.strictObject({ key: settingName, value: z.unknown(), reason });
export const configUnsetInput = z.strictObject({ key: settingName, reason });
export const activityInput = z.strictObject({
  actor: word.optional(),
  action: word.optional(),
  taskId: id.optional(),
  text: search.optional(),
  ...page,
});
export const noticesInput = z.strictObject({
  unseen: z.stringbool().or(z.boolean()).default(false),
  ...page,
});
export const costInput = z.strictObject({
  by: z.enum(costGroupings).default('day'),
  days: z.coerce.number().int().min(1).max(366).default(30),
});

/** An actor's place in the tree, such as `tree/tasks/task.42`. */
export const actorInput = z.strictObject({ path: z.string().min(1).max(500) });

/** What a page can follow; see `protocol.ts`. */
export const topic = z.union([
  z.enum(['now', 'events', 'tasks', 'chat', 'tree', 'decide']),
  z.custom<`task:${number}`>(
    (given) => /^task:[1-9]\d{0,14}$/.test(String(given)),
    'expected a topic, such as now or task:42',
  ),
]);
export type Topic = z.output<typeof topic>;
export const topicInput = z.strictObject({ topic });
