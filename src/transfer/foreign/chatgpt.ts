import { z } from 'zod';
import { dateOf, type ForeignText, saidBy } from './document.ts';

const message = z.object({
  author: z.object({ role: z.string() }),
  create_time: z.number().nullish(),
  weight: z.number().nullish(),
  content: z.object({
    content_type: z.string(),
    parts: z.array(z.unknown()).nullish(),
    text: z.string().nullish(),
  }),
  metadata: z.object({ is_visually_hidden_from_conversation: z.boolean().nullish() }).nullish(),
});
const conversation = z.object({
  title: z.string().nullish(),
  create_time: z.number().nullish(),
  update_time: z.number().nullish(),
  current_node: z.string().nullish(),
  mapping: z.record(
    z.string(),
    z.object({
      message: z.unknown(),
      parent: z.string().nullish(),
      children: z.array(z.string()).default([]),
    }),
  ),
});
type Conversation = z.output<typeof conversation>;

/** What people and the model said to each other; the rest is the model's own thoughts and the output of its tools. */
const shownTypes = new Set(['text', 'multimodal_text', 'code']);
const speakers = new Map([
  ['user', 'You'],
  ['assistant', 'ChatGPT'],
]);

/** Whether an element of conversations.json is of ChatGPT's export. */
export function isChatgpt(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'mapping' in value;
}

/** A conversation of ChatGPT's export: the branch that was shown last. Throws where it has another shape. */
export function readChatgpt(value: unknown): ForeignText {
  const given = conversation.parse(value);
  const said = branchOf(given).flatMap((raw) => {
    const parsed = message.safeParse(raw);
    return parsed.success ? messageText(parsed.data) : [];
  });
  const title = given.title ?? 'untitled';
  return {
    kind: 'chatgpt',
    title,
    text: said.length === 0 ? '' : `# ${title}\n\n${said.join('\n')}`,
    createdAt: dateOf(given.create_time),
    updatedAt: dateOf(given.update_time),
    trust: 'local',
    tags: [],
  };
}

/** The messages from the first to the one that the conversation stood at, on the way up from there. */
function branchOf({ mapping, current_node: current }: Conversation): unknown[] {
  const nodes = new Map(Object.entries(mapping));
  const found: unknown[] = [];
  const seen = new Set<string>();
  // Where it stood may have been deleted since.
  for (
    let id = current != null && nodes.has(current) ? current : lastLeaf(nodes);
    id != null && !seen.has(id);
    id = nodes.get(id)?.parent ?? undefined
  ) {
    seen.add(id);
    found.unshift(nodes.get(id)?.message);
  }
  return found;
}

function lastLeaf(nodes: ReadonlyMap<string, { children: string[] }>): string | undefined {
  return [...nodes].findLast(([, { children }]) => children.length === 0)?.[0];
}

function messageText({
  author,
  content,
  create_time: at,
  weight,
  metadata,
}: z.output<typeof message>): string[] {
  const who = speakers.get(author.role);
  if (who === undefined || weight === 0 || metadata?.is_visually_hidden_from_conversation === true) return [];
  if (!shownTypes.has(content.content_type)) return [];
  const parts = content.parts?.map(partText) ?? [content.text ?? ''];
  const text = parts.filter((part) => part.trim() !== '').join('\n\n');
  return text === '' ? [] : [saidBy(who, dateOf(at), text)];
}

/** A text, the words of what was spoken, or the name of what was sent along. */
function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  const { content_type: type, text } = (part ?? {}) as { content_type?: unknown; text?: unknown };
  if (typeof text === 'string') return text;
  return typeof type === 'string' ? `[${type.replace(/_asset_pointer$/, '').replaceAll('_', ' ')}]` : '';
}
