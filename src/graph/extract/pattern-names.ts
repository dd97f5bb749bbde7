import { entityName } from './canonical.ts';
import type { NameSpan } from './extraction.ts';
import { matchNetName, type WordInContext, type WordMatch } from './net-patterns.ts';
import { matchWorkName } from './work-patterns.ts';

interface Word {
  text: string;
  start: number;
}

const word =
  /(?:https?|ftp|wss?):\/\/[^\s<>"'`|]+|(?:ssh:\/\/)?git@[^\s,;|"<>()]+|\[[0-9a-f:]{2,45}\](?::\d+)?|[^\s,;|"“”„<>()[\]{}=`]+/giu;
const maxWordChars = 300;
const maxUrlChars = 2_000;

/** Names that their shape gives away (hosts, addresses, URLs, repositories, services, versions), in order. */
export function patternNames(sentence: string): NameSpan[] {
  const words = wordsOf(sentence);
  const spans: NameSpan[] = [];
  for (const [index, { text, start }] of words.entries()) {
    const before = words[index - 1]?.text.toLowerCase() ?? '';
    const after = words[index + 1]?.text.toLowerCase() ?? '';
    let previous = before;
    for (const part of partsOf({ text, start })) {
      const span = spanOf(part, { text: part.text, before: previous, after });
      if (span !== undefined) spans.push(span);
      previous = part.text.toLowerCase();
    }
  }
  return spans;
}

/** `nginx:1.25` is two words, `web-01/web-02` may be; a word that matches as a whole is one. */
function partsOf(whole: Word): Word[] {
  if (/:\/\/|@/.test(whole.text) || !/[a-z][:/]\w/i.test(whole.text)) return [whole];
  if (/^[^/:]+\/[^/:]+$/.test(whole.text) || /[\d.]:\d{1,5}$/.test(whole.text)) return [whole];
  return [...whole.text.matchAll(/[^:/]+/g)].map(({ 0: text, index }) => ({
    text,
    start: whole.start + index,
  }));
}

function spanOf(part: Word, context: WordInContext): NameSpan | undefined {
  const match: WordMatch | undefined = matchNetName(context) ?? matchWorkName(context);
  const name = match === undefined ? undefined : entityName(match.kind, match.text);
  return name === undefined ? undefined : { ...name, start: part.start, end: part.start + part.text.length };
}

function wordsOf(sentence: string): Word[] {
  const words: Word[] = [];
  for (const { 0: raw, index } of sentence.matchAll(word)) {
    const lead = /^['‘’«*_~#.,:!?-]+/.exec(raw)?.[0].length ?? 0;
    const text = raw
      .slice(lead)
      .replace(/['‘’»*_~.,:!?-]+$/, '')
      .replace(/['’]s$/i, '');
    const isUrl = text.includes('://');
    if (text !== '' && text.length <= (isUrl ? maxUrlChars : maxWordChars))
      words.push({ text, start: index + lead });
  }
  return words;
}
