import { localTime } from '../../lib/local-time.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { MessageBody } from '../api.ts';
import { rendered, splitText } from '../split.ts';
import { customId, hashOfVersion } from './custom-id.ts';
import type { DecisionKind, Subject } from './subject.ts';

const textChars = 1_500;
const buttonTones = { good: 3, bad: 4, plain: 2 } as const;
const row = 1;
const button = 2;

/** How and where a subject was decided. */
export interface Decided {
  how: string;
  at: Date | null;
  by: string | null;
}

/** A card: the subject with its buttons, or without them once it is decided. */
export function cardOf(
  { name, label, choices }: DecisionKind,
  subject: Subject,
  { decided, note }: { decided?: Decided | undefined; note?: string | undefined } = {},
): MessageBody {
  const hash = hashOfVersion(subject.version);
  const [text] = splitText(subject.text.trim(), textChars).map(rendered);
  const isCut = text !== undefined && text.length < subject.text.trim().length;
  return {
    content: [
      `**${label} ${subject.id}: ${oneLine(subject.title)}**`,
      ...(text === undefined || text.trim() === '' ? [] : [isCut ? `${text.trimEnd()} …` : text]),
      ...(decided === undefined ? [] : [`→ ${decidedText(decided)}`]),
      ...(note === undefined ? [] : [`⚠ ${note}`]),
    ].join('\n\n'),
    components:
      decided === undefined
        ? [
            {
              type: row,
              components: choices.map(({ name: choice, label: text, tone }) => ({
                type: button,
                style: buttonTones[tone],
                label: text,
                custom_id: customId({ kind: name, id: subject.id, choice, hash }),
              })),
            },
          ]
        : [],
  };
}

/** A card whose subject is gone. */
export function goneCard({ label }: DecisionKind, id: number): MessageBody {
  return { content: `**${label} ${id}** is not there any more.`, components: [] };
}

/** How a subject was decided, by whichever face; undefined while it is open. */
export async function decidedOf(tx: Tx, kind: DecisionKind, subject: Subject): Promise<Decided | undefined> {
  if (subject.decided === null) return undefined;
  const { rows } = await tx.query<{ at: Date; by: string | null }>({
    name: `discord-decided-${kind.name}`,
    text: `SELECT at, detail->>'by' AS by FROM activity_log WHERE ${kind.acts} ORDER BY id DESC LIMIT 1`,
    values: [subject.id],
  });
  return { how: subject.decided, at: rows[0]?.at ?? subject.decidedAt, by: rows[0]?.by ?? null };
}

const places: ReadonlyMap<string, string> = new Map([
  ['dashboard', 'on the dashboard'],
  ['api', 'by the API'],
  ['cli', 'on the command line'],
  ['discord', 'here'],
]);

/** A sentence such as "approved at 14:02 on the dashboard". */
export function decidedText({ how, at, by }: Decided, now = new Date()): string {
  const when = at === null ? '' : ` at ${timeOf(at, now)}`;
  return `${how}${when}${by === null ? '' : ` ${places.get(by) ?? `by ${by}`}`}`;
}

function timeOf(at: Date, now: Date): string {
  const [day, time] = localTime(at).split(' ');
  return localTime(now).startsWith(String(day)) ? String(time).slice(0, 5) : localTime(at).slice(0, 16);
}

function oneLine(text: string): string {
  return text
    .replace(/[\s*]+/g, ' ')
    .trim()
    .slice(0, 200);
}
