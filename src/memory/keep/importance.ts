import type { MemoryKind, MemoryOrigin } from '../kinds.ts';
import type { Trust } from '../../lib/wire/trust.ts';

/** The facts by which the importance of a memory is judged. */
export interface Judged {
  content: string;
  kind: MemoryKind;
  trust: Trust;
  origin: MemoryOrigin;
}

const byKind: Readonly<Record<MemoryKind, number>> = {
  preference: 0.65,
  fact: 0.6,
  summary: 0.5,
  note: 0.5,
  document: 0.45,
  task_result: 0.4,
  event: 0.35,
};
/** The owner asked for it, so it is not in passing. */
const askedFor = 0.1;
const fromStrangers = -0.15;
const saysSo = 0.15;
const saysLittle = -0.15;
const fewWords = 3;
const judgedChars = 4_000;

/** Words by which people say that something must not be forgotten, or that carry consequences. */
const weighty =
  /\b(important|remember|never|always|must(?: not)?|don't forget|do not forget|deadline|due (?:on|by)|birthday|anniversary|allerg(?:y|ic)|emergency|urgent|critical|passport|insurance|expires?|contract|cancel(?:led)?)\b/i;

/**
 * The weight of a memory, from 0.05 to 0.95 (0.5 is neutral): by its kind, more where the owner asked for it or the
 * text says that it matters, less where strangers wrote it or it hardly says anything. Recall moves a memory by a few
 * places at most for it (src/memory/recall/decay.ts), so a rough figure will do.
 */
export function importanceOf({ content, kind, trust, origin }: Judged): number {
  const text = content.slice(0, judgedChars);
  const words = text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  const score =
    byKind[kind] +
    (origin === 'owner' ? askedFor : 0) +
    (trust === 'untrusted' ? fromStrangers : weighty.test(text) ? saysSo : 0) +
    (words < fewWords ? saysLittle : 0);
  return Math.round(Math.min(0.95, Math.max(0.05, score)) * 100) / 100;
}
