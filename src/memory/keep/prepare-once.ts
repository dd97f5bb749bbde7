import type { PreparedText } from './prepare-text.ts';

const maxKnown = 512;

/** The same preparing, which knows its last results: a text whose secrets are out need not be gone through again. */
export function prepareOnce(
  prepareText: (text: string) => Promise<PreparedText>,
): (text: string) => Promise<PreparedText> {
  const known = new Map<string, PreparedText>();
  return async (text) => {
    const before = known.get(text);
    known.delete(text);
    if (before !== undefined) return before;
    const prepared = await prepareText(text);
    if (known.size >= maxKnown) known.clear();
    known.set(prepared.text, { ...prepared, redacted: 0 });
    return prepared;
  };
}
