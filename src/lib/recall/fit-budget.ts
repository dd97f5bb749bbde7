import type { RecalledMemory } from './recall.ts';

/** A remainder shorter than this says nothing: better to leave the memory out. */
const minUsefulChars = 80;

/** Keeps the first of equal texts (case and spacing aside), at most `limit` of them, within `budgetChars` characters. */
export function fitBudget(
  ranked: readonly RecalledMemory[],
  { limit, budgetChars }: { limit: number; budgetChars: number },
): RecalledMemory[] {
  const seen = new Set<string>();
  const kept: RecalledMemory[] = [];
  let left = budgetChars;
  for (const memory of ranked) {
    const key = memory.content.toLowerCase().replace(/\s+/g, ' ').trim();
    if (key === '' || seen.has(key)) continue;
    seen.add(key);
    if (memory.content.length > left && left < minUsefulChars) continue;
    const content = cut(memory.content, left);
    kept.push({ ...memory, content });
    left -= content.length;
    if (kept.length === limit) break;
  }
  return kept;
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}
