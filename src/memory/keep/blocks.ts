/** A piece of a text that belongs together. */
export interface Block {
  kind: 'heading' | 'code' | 'item' | 'prose';
  text: string;
  /** The headings above it, outermost first, itself included where it is one. */
  path: readonly string[];
}

const maxHeadingChars = 120;

/** Takes a text apart by its structure: Markdown headings, code fences, list items, paragraphs. Blank lines are dropped. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let path: readonly { level: number; title: string }[] = [];
  let open: { kind: 'code' | 'item' | 'prose'; lines: string[]; fence?: string } | undefined;
  const titles = (): string[] => path.map(({ title }) => title);
  const close = (): void => {
    if (open !== undefined) blocks.push({ kind: open.kind, text: open.lines.join('\n'), path: titles() });
    open = undefined;
  };
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    if (open?.fence !== undefined) {
      open.lines.push(line);
      if (line.trim().startsWith(open.fence) && /^[`~\s]*$/.test(line)) close();
      continue;
    }
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    const heading = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line);
    if (fence !== undefined) {
      close();
      open = { kind: 'code', lines: [line], fence };
    } else if (heading !== null) {
      close();
      const level = (heading[1] ?? '').length;
      const title = (heading[2] ?? '')
        .trim()
        .slice(0, maxHeadingChars)
        .replace(/[\uD800-\uDBFF]$/, '');
      path = [...path.filter((above) => above.level < level), { level, title }];
      blocks.push({ kind: 'heading', text: line, path: titles() });
    } else if (line.trim() === '') {
      close();
    } else if (/^\s*(?:[-*+•]|\d{1,3}[.)])\s/.test(line)) {
      close();
      open = { kind: 'item', lines: [line] };
    } else if (open === undefined) {
      open = { kind: 'prose', lines: [line] };
    } else {
      open.lines.push(line);
    }
  }
  close();
  return blocks;
}
