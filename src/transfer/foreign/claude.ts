import { z } from 'zod';
import { dateOf, type ForeignText, saidBy } from './document.ts';

const message = z.object({
  uuid: z.string().nullish(),
  parent_message_uuid: z.string().nullish(),
  sender: z.string(),
  text: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().nullish() })).nullish(),
  created_at: z.string().nullish(),
  attachments: z
    .array(z.object({ file_name: z.string().nullish(), extracted_content: z.string().nullish() }))
    .nullish(),
  files: z.array(z.object({ file_name: z.string().nullish() })).nullish(),
});
const conversation = z.object({
  name: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  current_leaf_message_uuid: z.string().nullish(),
  chat_messages: z.array(message),
});

const speakers = new Map([
  ['human', 'You'],
  ['assistant', 'Claude'],
]);

/** Whether an element of conversations.json is of Claude's export. */
export function isClaude(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'chat_messages' in value;
}

/** A conversation of Claude's export: the branch that was shown last, where it has several. Throws where it has another shape. */
export function readClaude(value: unknown): ForeignText {
  const given = conversation.parse(value);
  const said = branchOf(given).flatMap((one) => {
    const text = messageText(one);
    return text === '' ? [] : [saidBy(speakers.get(one.sender) ?? one.sender, dateOf(one.created_at), text)];
  });
  const title =
    given.name === undefined || given.name === null || given.name === '' ? 'untitled' : given.name;
  return {
    kind: 'claude',
    title,
    text: said.length === 0 ? '' : `# ${title}\n\n${said.join('\n')}`,
    createdAt: dateOf(given.created_at),
    updatedAt: dateOf(given.updated_at),
    trust: 'local',
    tags: [],
  };
}

type Message = z.output<typeof message>;

/** All messages, or, where a question was asked in two ways, those on the way up from the last one. */
function branchOf({
  chat_messages: all,
  current_leaf_message_uuid: leaf,
}: z.output<typeof conversation>): Message[] {
  const parents = all.flatMap(({ parent_message_uuid: parent }) => parent ?? []);
  if (new Set(parents).size === parents.length) return all;
  const byId = new Map(all.map((one) => [one.uuid, one]));
  const found = new Set<Message>();
  let at = (leaf == null ? undefined : byId.get(leaf)) ?? all.at(-1);
  while (at !== undefined && !found.has(at)) {
    found.add(at);
    at = at.parent_message_uuid == null ? undefined : byId.get(at.parent_message_uuid);
  }
  return [...found].reverse();
}

/** Words and what was sent along; thoughts and the calls of tools are not said to anybody. */
function messageText({ text, content, attachments, files }: Message): string {
  const blocks = (content ?? []).filter(({ type }) => type === 'text').map((block) => block.text ?? '');
  const words = blocks.some((block) => block.trim() !== '') ? blocks : [text ?? ''];
  const sent = (attachments ?? []).map(
    ({ file_name: name, extracted_content: inside }) =>
      `[attachment ${name || 'without a name'}]${inside ? `\n\n${inside}` : ''}`,
  );
  const named = (files ?? []).flatMap(({ file_name: name }) => (name ? [`[file ${name}]`] : []));
  return [...words, ...sent, ...named].filter((part) => part.trim() !== '').join('\n\n');
}
