/** A string, or one of the signs that give JSON its shape. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The keys that an object of this JSON has twice, as dotted paths; `JSON.parse` keeps the last of them without a word.
 * The text must be JSON.
 */
export function duplicateKeys(text: string): string[] {
  const found: string[] = [];
  /** The objects and lists around a place; a list has no keys of its own. */
  const open: { keys: Set<string> | undefined; key: string }[] = [];
  let last = '';
  for (const [sign] of text.matchAll(token)) {
    const inner = open.at(-1);
    if (sign === '{' || sign === '[') open.push({ keys: sign === '{' ? new Set() : undefined, key: '' });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ':' && inner?.keys !== undefined) {
      inner.key = JSON.parse(last) as string;
      if (inner.keys.has(inner.key)) found.push(pathOf(open));
      inner.keys.add(inner.key);
    } else if (sign === ',' && inner !== undefined) inner.key = '';
    last = sign;
  }
  return found;
}

function pathOf(open: readonly { key: string }[]): string {
  return open
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.');
}
