import { withoutTables } from './tables.ts';

/** The sentences of a message as they were said, without code, quotations and tables. */
export function proseOf(message: string): string[] {
  const prose = withoutTables(message.replace(/(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g, '\n')).replace(
    /^\s*(?:>| {4}|\t).*$/gm,
    '\n',
  );
  return prose
    .split(/\n+/)
    .flatMap(sentencesOf)
    .map((sentence) => sentence.replace(/^[\s*•–-]+|\s+$/g, ''))
    .filter((sentence) => sentence !== '');
}

const ends = /(?<=[.!?…؟])\s+(?=["'“‘(¿¡]?[\p{Lu}\p{Lo}\p{N}])|(?<=[。！？])\s*/u;

function sentencesOf(line: string): string[] {
  const sentences: string[] = [];
  for (const part of line.split(ends)) {
    const last = sentences.at(-1);
    if (last !== undefined && goesOn(last, part)) sentences[sentences.length - 1] = `${last} ${part}`;
    else sentences.push(part);
  }
  return sentences;
}

const titles =
  /(?<![\p{L}\p{N}])(?:Dr|Mr|Mrs|Ms|Prof|St|Hr|Fr|Sr|Sra|Mme|Jr|vs|bzw|inkl|evtl|z\. B|d\. h|e\.g|i\.e)\.$/u;
const beforeNumber =
  /(?<![\p{L}\p{N}])(?:No|Nr|Tel|Mob|Fax|Str|Hausnr|Apt|App|Art|Abs|Kap|Vol|Fig|ca|approx|max|min|pp?|núm|N°)\.$/iu;
/** "J. Smith", "Anna K. Berg"; a lone letter behind a small word, as in "plan B.", ends the sentence. */
const initial = /(?:^|\p{Lu}\p{L}*\.? )\p{Lu}\.$/u;
/** "z. B.", "d. h." */
const letter = /(?<!\p{L})\p{L}\.$/u;
const ordinal = /(?<![\p{L}\p{N}.,:])\d{1,2}\.$/u;
const datedOrdinal =
  /(?<!\p{L})(?:am|vom|zum|bis|ab|seit|den|dem|der|die|das|im|jeden|und|de[nt]|d\.) \d{1,2}\.$/iu;
const months = /^(?:jan|feb|mär|mar|apr|ma[ijy]|jun|jul|aug|sep|o[kc]t|nov|de[zcs])\p{L}*(?![\p{L}])/iu;

/** True where the full stop is none: behind a title, a shortened word, an initial, or the number of a day. */
function goesOn(sentence: string, next: string): boolean {
  if (titles.test(sentence) || (letter.test(sentence) && /^\p{L}\.(?: |$)/u.test(next))) return true;
  if (beforeNumber.test(sentence)) return /^\p{N}/u.test(next);
  if (initial.test(sentence)) return /^\p{Lu}/u.test(next);
  if (!ordinal.test(sentence)) return false;
  return months.test(next) || (datedOrdinal.test(sentence) && !/[?？]\s*$/.test(next));
}
