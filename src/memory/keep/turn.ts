import { type Block, blocksOf } from './blocks.ts';
import { proseOf } from './sentences.ts';
import { withoutTables } from './tables.ts';
import { isSmallTalk, utteranceOf } from './utterance.ts';

/** A turn of a conversation as its task leaves it. */
export interface Turn {
  state: string;
  outcome: string | null;
  /** The kind of the agent. */
  agent: string | null;
  /** What was asked, and what was said into the running task. */
  asked: readonly string[];
  reply: string;
}

const maxAskedChars = 600;
/** Of a longer reply the beginning and the end are kept: what it is about, and what came of it. */
const maxBeginningChars = 900;
const maxEndChars = 300;
/** A reply of fewer words of its own, such as "Noted.", adds nothing. */
const minWords = 4;

/**
 * The one memory of a turn: what was asked and, after an arrow, what was answered or decided, in prose. Code, tables and
 * courtesies are left out. Undefined where nothing was said: for greetings, errors, what the offline agent says, and
 * answers that only ask back or only regret.
 */
export function turnOf({ state, outcome, agent, asked, reply }: Turn): string | undefined {
  // A message steered into a task is told with that task.
  if (state !== 'done' || outcome === 'steered' || agent === 'offline' || isError(reply)) return undefined;
  const isAssent = asked.every(saysNothing);
  if (isAssent && !asked.some((text) => assent.test(text))) return undefined;
  const said = sentencesOf(reply).filter((sentence) => !isCourtesy(sentence));
  if (countWords(said.join(' ')) < minWords || said.every(isRegret)) return undefined;
  if (said.every((part) => isRegret(part) || asksBack(part)) && !asked.some(hasStatement)) return undefined;
  if (isAssent && countWords(said.filter((part) => !asksBack(part)).join(' ')) < minWords) return undefined;
  const question = asked.map((text) => clip(withoutBlocks(text) || text, maxAskedChars)).join('\n');
  return `${clip(question, 2 * maxAskedChars)}\n→ ${briefly(said)}`;
}

/** Failures of agents and of their providers, as they come in the place of a reply. */
function isError(reply: string): boolean {
  return /^\s*(?:API Error\b|Execution error\b|Error:|Credit balance is too low|Prompt is too long|Invalid API key|Please run \/login|Request timed out|Claude (?:AI )?usage limit|You've (?:hit|reached) your|Your account|Overloaded\b|\{"type":"error")/i.test(
    reply,
  );
}

/** Words that let something be done: what is done then is worth a memory, as after a command. */
const assent =
  /^\s*(?:yes|yep|yeah|ok|okay|sure|fine|do|go ahead|please|right|exactly|ja|klar|mach|oui|d'accord|sí|vale|claro|好|可以|行|はい|お願い|نعم|حسنا)(?![\p{L}])/iu;

function saysNothing(text: string): boolean {
  if (/```/.test(text)) return false;
  const sentences = proseOf(text);
  return (
    isSmallTalk(text) ||
    (sentences.length > 0 && sentences.every((sentence) => utteranceOf(sentence) === 'greeting'))
  );
}

function hasStatement(text: string): boolean {
  return proseOf(text).some((sentence) => utteranceOf(sentence) === 'statement');
}

const courtesies =
  /^(?:noted|saved|kept|stored|done|got it|understood|sure|certainly|of course|okay|alright|corrected|glad to help|happy to help|you(?:'|’)re welcome|my pleasure|no problem|anything else|let me know|feel free|is there anything|what else|what can i do|how can i help|how are things|(?:and )?safe travels|enjoy|good choice|great|lovely|makes sense|exciting|indeed|what a|i(?:'|’)ll remember|i(?:'|’)ve remembered|notiert|gern(?:e|geschehen)?|gemerkt|verstanden|gemacht|c'est noté|c'est fait|de rien|anotado|de nada|hecho|好的|不客气|收到|了解しました|かしこまりました|تم|عفوا)\b/iu;
const maxCourtesyWords = 9;

/** "Noted." and the like, though not "Noted: the key is with Tom." */
function isCourtesy(sentence: string): boolean {
  if (isSmallTalk(sentence)) return true;
  if (
    !courtesies.test(sentence) &&
    !/^(?:好的|不客气|收到|了解しました|かしこまりました|تم|عفوا)/u.test(sentence)
  )
    return false;
  return !/[:：,，、].*\S/u.test(sentence) && countWords(sentence) <= maxCourtesyWords;
}

const regret =
  /^(?:(?:i(?:'|’)m )?sorry[,.]? |unfortunately,? |leider )?(?:i (?:cannot|can(?:'|’)t|could not|couldn(?:'|’)t|am unable|am not able|have no|don(?:'|’)t (?:have|know))|i(?:'|’)m (?:unable|not able|not sure|afraid)|ich (?:kann|weiß)[^.]{0,60}nicht|je ne (?:peux|sais)|no (?:puedo|sé))\b/i;

function isRegret(sentence: string): boolean {
  return regret.test(sentence);
}

function asksBack(sentence: string): boolean {
  return /[?？؟]["'”’)]?\s*$/.test(sentence);
}

/** Prose and list items; code, be it fenced or indented, and tables are left out. */
function withoutBlocks(text: string): string {
  const blocks = blocksOf(text);
  return blocks
    .filter(({ kind, text: block }, index) => kind !== 'code' && !isIndented(block, blocks[index - 1]?.kind))
    .map(({ text: block }) =>
      withoutTables(block)
        .split('\n')
        .filter((line) => !/^[\s|:-]+$/.test(line))
        .join('\n'),
    )
    .filter((block) => block.trim() !== '')
    .join('\n')
    .trim();
}

/** Indented code; what is indented behind an item belongs to that. */
function isIndented(block: string, before: Block['kind'] | undefined): boolean {
  return before !== 'item' && block.split('\n').every((line) => /^(?: {4}|\t)/.test(line));
}

function sentencesOf(reply: string): string[] {
  return withoutBlocks(reply)
    .split(/(?<=[.!?…؟]["'”’)]?)\s+|(?<=[。！？])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function countWords(text: string): number {
  const wide =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0) + Math.floor(wide / 2);
}

/** The sentences as far as there is room; of more, the first and the last ones. */
function briefly(sentences: readonly string[]): string {
  const whole = sentences.join(' ');
  if (whole.length <= maxBeginningChars + maxEndChars) return whole;
  const end: string[] = [];
  for (const sentence of [...sentences].reverse()) {
    if (end.join(' ').length + sentence.length > maxEndChars) break;
    end.unshift(sentence);
  }
  const beginning = clip(sentences.slice(0, sentences.length - end.length).join(' '), maxBeginningChars);
  return [beginning, ...end].join(' ');
}

function clip(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
