import type { MemoryKind } from '../kinds.ts';
import { proseOf } from './sentences.ts';

/** A statement of the owner about themselves or their things, to be remembered by itself. */
export interface OwnerStatement {
  kind: Extract<MemoryKind, 'fact' | 'preference'>;
  content: string;
}

/** Only the beginning of a message is looked at: a pasted log or letter holds nobody's preferences. */
const maxChars = 4_000;
const maxStatements = 5;
const maxSentenceChars = 300;
const minWords = 3;

/**
 * The facts and preferences that the owner states in a message, at most five, in their words. By rules of grammar on whole
 * sentences in English, and rather none than a wrong one: a question, a request, a guess, a quotation, something about
 * "this" or about how a thing is just now is not learned. What is learned is one message's word and can be forgotten.
 */
export function ownerStatements(message: string): OwnerStatement[] {
  return [...statementsBySentence(message).values()];
}

/** The same, by the sentences in which they were found. */
export function statementsBySentence(message: string): Map<string, OwnerStatement> {
  const found = new Map<string, OwnerStatement>();
  if (message.length > maxChars || isDictation(message)) return found;
  for (const sentence of proseOf(message)) {
    if (found.size === maxStatements) break;
    if (sentence.length > maxSentenceChars) continue;
    const statement = statementIn(sentence.replace(/[“”]/g, '"').replace(/[‘’]/g, "'"));
    if (statement !== undefined) found.set(sentence, statement);
  }
  return found;
}

/** A text that is handed over to be worked on, whatever it says: `Translate: I live in Paris.` */
export function isDictation(message: string): boolean {
  return /^\W*(?:please\s+)?(?:translate|summari[sz]e|rewrite|proofread|correct|write|draft|reply|answer|tell|say|explain|post|email|mail|send)\b[^.!?\n]{0,80}(?::|\bthat\b|["“”»«])/i.test(
    message,
  );
}

function statementIn(sentence: string): OwnerStatement | undefined {
  const told =
    /^(?:please\s+)?(?:remember|note|keep in mind|don't forget|do not forget|for the record|fyi)\b(?! to\b)[\s,:]*(?:that\b)?[\s,:]*(?<rest>.+)$/i.exec(
      sentence,
    )?.groups?.['rest'];
  const says = (told ?? sentence).replace(
    /^(?:so|well|and|also|btw|by the way|hi|hello|hey|ok(?:ay)?|actually)[\s,!]+/i,
    '',
  );
  if (isNoStatement(sentence, says)) return undefined;
  if (preferences.some((pattern) => pattern.test(says)))
    return { kind: 'preference', content: finished(says) };
  if (facts.some((pattern) => pattern.test(says))) return { kind: 'fact', content: finished(says) };
  // Asked to remember it, it need not be about the owner.
  return told !== undefined &&
    /\b(?:is|are|was|were|has|have|gets?|starts?|ends?|[a-z]{3,}(?:s|ed))\b/.test(says)
    ? { kind: 'fact', content: finished(says) }
    : undefined;
}

function isNoStatement(sentence: string, says: string): boolean {
  const words = says.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return (
    (words < minWords && !/^call me \S/i.test(says)) ||
    /\?["')]*$/.test(sentence) ||
    /["»«]/.test(sentence) ||
    asks.test(says) ||
    guesses.test(says) ||
    pointsAway.test(says) ||
    passes.test(says)
  );
}

const asks =
  /^(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|shall|may|have|has|had|am)\b/i;
const guesses =
  /\b(?:if|unless|whether|maybe|perhaps|probably|possibly|might|would be|should|supposed|imagine|pretend|suppose|i think|i guess|i wonder|wondering|not sure|i wish|i hope|i want to know|some day|someday)\b/i;
/** About what was just said, so the sentence alone says nothing. */
const pointsAway =
  /\b(?:prefer|like|love|hate|dislike|favou?r|remember|own|bought|sold|moved|changed|replaced|installed|use|eat|drink)(?:d|s)? (?:it|this|that|these|those|them|him|her|your|you|when|how|what|where|nothing|to (?:see|know|hear|buy|do)|the (?:first|second|third|last|former|latter|other|idea|plan|look|sound)|(?:option|version|variant) \w+)\b|^(?:never mind|always the same)\b/i;
/** Sentences about the present state of something, a fault, a thing to be done, or the owner's next step. */
const passes = new RegExp(
  [
    /\b(?:is|are|was|were|keeps?|seems?|looks?|got|getting)\b[^,;]{0,30}\b(?:down|full|slow|stuck|dead|offline|unreachable|black|frozen|missing|empty|late|wrong|on fire|gone|(?:at )?\d+ ?(?:%|percent))\b/,
    /^(?:my|our) [^,;]{1,40} (?:is|are|was|were|keeps?) (?:\w+ly |just |still |not |being )?\w+ing\b/,
    /^(?:my|our) (?:last|latest|current|next|previous|first|only|task|message|goal|plan|screen)\b/,
    /\b(?:errors?|bugs?|fails?|failed|failing|broken?|broke|crash\w*|disaster|problems?|mistakes?|cut off|not working|doesn't work)\b/,
    /\b(?:right now|at the moment|just now|today|tonight|tomorrow|this (?:morning|evening|afternoon|minute)|again)\b/,
    /[,;] (?:please )?(?:look|check|fix|restart|find|tell|show|give|order|can|could|where|why|what|how|sorry|brb|thanks?)\b/,
    /^(?:i'm|i am|we're|we are) (?:trying|looking|going|working on|having|getting|seeing|back|here|there|ready|done|sorry|afraid|glad|happy|sad|tired|confused|busy|just|still|about to|now|currently|in a|on my|at the|out|off|not|a (?:bit|little)|from time)\b/,
    /^(?:i|we) have (?:a|an|some|no|another|the) (?:questions?|issues?|ideas?|requests?|meeting|call|look|feeling|task|job|minute|few)\b/,
    /^(?:i|we) have to\b/,
    /^(?:i|we) (?:always|usually|never|only) (?:get|see|got|saw|forget|lose|miss|know|have to)\b/,
    /\b(?:is|are|was|were|has|have|had|do|does|did)(?: not|n't)\b[^,;]*\b(?:accepted|arrived?|come|found|there|open|start|load|yet)\b/,
    /\b(?:yet|this time|all (?:day|week|night)|so wait|only now|these days)\b|\bdown[.!]?$/,
    /[,;] (?:and )?(?:so |please |then )?(?:wait|update|try|add|wake|remind|put|move|set|send|use|write|book|cancel)\b/,
    /^(?:always|never) (?:heard|seen|been|had|got|thought|again)\b/,
    /^(?:i|we) (?:live|work) (?:for|on|in (?:the|this|that|a) \w+ mode)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

const usually =
  '(?:really |strongly |usually |always |generally |normally |mostly |much |simply |just |still |do )*';
const preferences = [
  new RegExp(
    `^(?:i|we) ${usually}(?:prefer|like|love|enjoy|hate|dislike|detest|favou?r|can't stand|cannot stand)\\b`,
    'i',
  ),
  /^(?:i|we) (?:really )?(?:don't|do not|never) (?:really )?(?:like|want|eat|drink|use|need|enjoy|take|answer|read)\b/i,
  /^(?:i|we) (?:drink|eat|take|read|wear|sleep|write|pay) (?:my|our|only|no)\b/i,
  /^(?:i|we) (?:usually|always|generally|normally|mostly|only) [a-z]+\b/i,
  /^(?:i'd|i would|we'd|we would) (?:much )?(?:rather|prefer)\b/i,
  /^(?:my|our) (?:favou?rite|preferred)\b.+\b(?:is|are)\b/i,
  /^(?:please )?(?:always|never|don't ever|do not ever) [a-z]+ /i,
  /^(?:from now on|in (?:the )?future|going forward)\b[, ]/i,
  /^(?:please )?call me [\p{Lu}\d]/u,
  /^(?:please )?[Cc]all me [\p{Lu}\d]/u,
];

const facts = [
  /^(?:my|our) (?!(?:favou?rite|preferred|question|problem|point|guess|idea|bad|apologies|thanks)\b)[\p{L}\p{N}' -]{2,60}? (?:is|are|was|were|lives?|works?|starts?|ends?|runs?|has|have|expires?|moved|belongs?|stands?|sits?|costs?|charges?|pays?|takes?|speaks?|hates?|loves?|likes?|prefers?)\b/iu,
  /^(?:i'm|i am|we're|we are) (?:allergic|vegetarian|vegan|diabetic|married|divorced|single|left-handed|colou?r-?blind|a |an |from |born|\d+ years|called |named |the (?:owner|father|mother|parent|founder))/i,
  /^(?:i|we) (?:now )?(?:live|work|study|teach|own|speak|weigh|earn|drive|rent|celebrate|grew up|was born|were born|got married)(?![\w-])/i,
  /^(?:i|we)(?:'ve| have)? (?:just |finally |recently |now )?(?:moved|switched|migrated|changed|replaced|renamed|sold|bought|installed|cancelled|canceled|hired|adopted|signed|renewed|upgraded)\b/i,
  /^(?:i|we) have (?:(?:a|an|one|two|three|four|five|six|\d+) )(?:\w+ )?(?:kids?|child(?:ren)?|sons?|daughters?|brothers?|sisters?|cats?|dogs?|cars?|bikes?|servers?|accounts?|flats?|houses?|gardens?|subscriptions?|allotments?)\b/i,
  /^my (?:name|birthday|address|number|email)\b/i,
];

function finished(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!…]$/.test(first) ? first : `${first}.`;
}
