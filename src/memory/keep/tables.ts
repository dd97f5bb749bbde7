/** The line between the heading and the rows: `| --- | :-: |`, also without the outer bars. */
const divider = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$|^\s*\|\s*:?-+:?\s*\|\s*$/;
const framed = /^\s*\|/;

/** A text without the tables of Markdown, with or without outer bars, and without their rules. */
export function withoutTables(text: string): string {
  const kept: string[] = [];
  let isInTable = false;
  for (const line of text.split('\n')) {
    if (divider.test(line)) {
      if (kept.at(-1)?.includes('|') === true) kept.pop();
      isInTable = true;
      continue;
    }
    isInTable &&= line.includes('|');
    if (!isInTable && !framed.test(line)) kept.push(line);
  }
  return kept.join('\n');
}
