import type { ExportedTurn } from './conversations.ts';
import type { ExportedRow } from './home-part.ts';

/** A message of a conversation to read: who said what, when. */
export function turnMarkdown(
  turn: Pick<ExportedTurn, 'at' | 'source' | 'text' | 'reply' | 'reason' | 'task'>,
): string {
  const { at, source, text, reply, task } = turn;
  const answer = task?.reply ?? reply ?? task?.reason ?? turn.reason;
  const said = `**${source}**, ${minute(at)}\n\n${text.trim()}\n`;
  return answer === null
    ? `${said}\n`
    : `${said}\n**ninjad**${answeredAt(task?.finishedAt)}\n\n${answer.trim()}\n\n`;
}

function answeredAt(at: string | null | undefined): string {
  return at == null ? '' : `, ${minute(at)}`;
}

/** A memory to read. */
export function memoryMarkdown(memory: ExportedRow): string {
  const { content, title, kind, trust, source, createdAt, tags, pinned } = memory as {
    content: string;
    title: string | null;
    kind: string;
    trust: string;
    source: string;
    createdAt: string;
    tags: string[];
    pinned: boolean;
  };
  const facts = [
    kind,
    `from ${source}`,
    trust,
    ...(pinned ? ['pinned'] : []),
    ...tags.map((tag) => `#${tag}`),
  ];
  return `## ${title ?? minute(createdAt)}\n\n*${minute(createdAt)}; ${facts.join(', ')}*\n\n${content.trim()}\n\n`;
}

function minute(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

/** A name as a file may have it on every system; two names never become one. */
export function fileNameOf(name: string, taken: Map<string, string>): string {
  const known = taken.get(name);
  if (known !== undefined) return known;
  const plain =
    name
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 80) || 'unnamed';
  const used = new Set([...taken.values()].map((other) => other.toLowerCase()));
  let made = `${plain}.md`;
  for (let count = 2; used.has(made.toLowerCase()); count += 1) made = `${plain}-${count}.md`;
  taken.set(name, made);
  return made;
}
