import { calendarSpan } from './calendar-span.ts';
import { mayHaveTime, parsedSpan } from './parsed-time.ts';
import type { Span } from './span.ts';

/** The time that a question asks about, by the clocks of the daemon's zone. */
export interface AskedTime {
  from: Date;
  /** The first instant after it. */
  until: Date;
  /**
   * The question without relative words such as "last week", which other memories may have about other weeks; empty where
   * it asks for nothing but the time: "what happened yesterday?"
   */
  rest: string;
  /** False where it may as well be about what is yet to come or holds now: "who comes on Friday?", "who has the key today?" */
  looksBack: boolean;
}

/** Longer texts are no questions: a log has many times and asks about none. */
const maxChars = 600;

/** The time that a question asks about, or undefined. Never one that begins in the future. */
export async function askedTime(question: string, now: Date): Promise<AskedTime | undefined> {
  if (question.length > maxChars) return undefined;
  const found =
    calendarSpan(question, now) ?? (mayHaveTime.test(question) ? await parsedSpan(question, now) : undefined);
  if (found === undefined) return undefined;
  const { from, until, words } = opened(found, question, now);
  if (from >= now) return undefined;
  const looksBack = past.test(words) || past.test(question);
  // A day or month by its name may be what a memory says.
  if (/\d/.test(words) || (!looksBack && !present.test(words)))
    return { from, until, rest: question, looksBack };
  const rest = question.replace(words, ' ').trim();
  return { from, until, rest: isBare(rest) ? '' : rest, looksBack };
}

/** Words of a question about what was, and of times that are over. */
const past = new RegExp(
  [
    /(?<!\p{L})(?:yesterday|last|ago|previous|past|since|before|did|was|were|had|been|happened|said|told|wrote|bought|sold|made|went|came|got|took|gave|found|lost|broke|(?!(?:need|shed|feed|seed|speed|indeed|breed)(?!\p{L}))\p{L}{2,}ed|new)(?!\p{L})/u,
    /(?<!\p{L})(?:gestern|vorgestern|letzte\p{L}*|vorige\p{L}*|vorletzte\p{L}*|seit|vor \p{L}+ (?:tag|woche|monat|jahr)\p{L}*|war|waren|wurde|wurden|hat|habe|haben|hatte|hatten|gab|sagte|passiert\p{L}*)(?!\p{L})/u,
    /(?<!\p{L})(?:hier|avant-hier|derni(?:er|ère)|il y a|depuis|était|étaient|(?:a|ai|as|avons|avez|ont|est|sont)(?:-\p{L}+)? \p{L}+(?:é|ée|és|i|it|u|is))(?!\p{L})/u,
    /(?<!\p{L})(?:ayer|anteayer|pasad[oa]|hace|desde|fue|fueron|era|había|pasó|\p{L}+(?:ió|ó|é|aron|ieron)|dije|dijo|hice|hizo)(?!\p{L})/u,
    /[昨去前先]|上|了|ました|でした|أمس|الماضي|الماضية|حدث|قلت|قال|كان/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'iu',
);
/** Times that are told from now, which other memories may have about other days. */
const present = /today|tonight|this|heute|diese|aujourd|ce(?:tte)? |hoy|est[ae] |今|这|這|本|اليوم|هذ/iu;

/** Words of questions that ask for whatever there was. */
const bare = new Set(
  (
    'what who which did do does was were is are has have had been happened happen happens going on up new news said say says say told tell asked ask talked ' +
    'talk about discussed discuss decided decide done learned remember remembered anything everything something all there i we you me us my our the a of it ' +
    'that to and in at for with please show list summary week day was war ist gab es was passierte passiert geschehen haben habe wir ich gesagt besprochen gemacht neues ' +
    "qu'est-ce que qui s'est passé il y a qué pasó hice hicimos dijo dije"
  ).split(' '),
);
const bareCjk =
  /^(?:发生了什么|说了什么|做了什么|有什么(?:事)?|我|我们|何がありました(?:か)?|何を話しました(?:か)?|何をしました(?:か)?|は|に|的|在|[?？。\s])*$/u;

function isBare(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? [];
  return words.every((word) => bare.has(word)) || bareCjk.test(text);
}

/** "Since Monday" lasts until now, "before Monday" ends there. */
function opened(span: Span, question: string, now: Date): Span {
  const before = question.slice(0, question.indexOf(span.words) + 8);
  if (/(?:^|\s)(?:since|seit|depuis|desde|after|nach)\s/i.test(`${before} `)) return { ...span, until: now };
  if (/(?:^|\s)(?:before|until|till|bis|avant|antes de)\s/i.test(`${before} `))
    return { ...span, from: new Date(0), until: span.from };
  return span;
}
