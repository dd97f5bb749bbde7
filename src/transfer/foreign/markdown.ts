import { basename } from 'node:path';
import { dateOf, type ForeignText } from './document.ts';

const frontMatter = /^---\r?\n(?<head>[\s\S]*?)\r?\n---(?:\r?\n|$)/;
const maxFileTags = 10;

/** A note: its title is that of its front matter, its first heading, or its name. Tags of the front matter are kept. */
export function readMarkdown(name: string, text: string, createdAt: Date, updatedAt: Date): ForeignText {
  const head = frontMatter.exec(text)?.groups?.['head'] ?? '';
  const body = text.replace(frontMatter, '');
  const heading = /^#{1,6}\s+(?<title>\S.*)$/m.exec(body)?.groups?.['title'];
  const title = valueOf(head, 'title') ?? heading ?? basename(name).replace(/\.\w+$/, '');
  const stated = dateOf(valueOf(head, 'created') ?? valueOf(head, 'date'));
  return {
    kind: 'markdown',
    title: title.trim(),
    text: body,
    createdAt: stated ?? createdAt,
    updatedAt: stated !== undefined && stated > updatedAt ? stated : updatedAt,
    trust: 'owner',
    tags: tagsOf(head),
  };
}

function valueOf(head: string, key: string): string | undefined {
  const value = new RegExp(`^${key}:[ \\t]*(?<value>\\S.*)$`, 'm').exec(head)?.groups?.['value'];
  return value?.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** `tags: [a, b]`, `tags: a, b`, or a list below it. */
function tagsOf(head: string): string[] {
  const inline = valueOf(head, 'tags')
    ?.replace(/^\[|\]$/g, '')
    .split(',');
  const below = /^tags:[ \t]*\r?\n(?<list>(?:[ \t]*-[ \t]+\S.*(?:\r?\n|$))+)/m.exec(head)?.groups?.['list'];
  const listed = below?.split('\n').map((line) => line.replace(/^\s*-\s+/, ''));
  return [
    ...new Set(
      (inline ?? listed ?? []).map((tag) =>
        tag
          .trim()
          .replace(/^["'#]+|["']+$/g, '')
          .slice(0, 60),
      ),
    ),
  ]
    .filter((tag) => tag !== '')
    .slice(0, maxFileTags);
}
