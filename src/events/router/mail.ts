import type { WireEvent } from '../../lib/wire/parse-line.ts';
import { ownValue } from '../../lib/own-value.ts';
import { payloadObject } from './fields.ts';

const mailSource = /^email(?:[:._-]|$)/i;
const maxNamedAttachments = 20;

/** An event that somebody's mail was made into: `email`, `email:work`. */
export function isMail({ source, category }: Pick<WireEvent, 'source' | 'category'>): boolean {
  return category === 'mail' && mailSource.test(source);
}

/**
 * Why a mail starts no task whatever the rules say: a program sent it, or the owner did. Answers between machines would go on
 * for ever. Undefined for what a person may have sent.
 */
export function automaticOf(payload: ReturnType<typeof payloadObject>): string | undefined {
  const value = payload === undefined ? undefined : ownValue(payload as Record<string, unknown>, 'automatic');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What an agent is asked about a mail: its fields before its text. All of it stands in the fence. */
export function promptOf(event: Pick<WireEvent, 'source' | 'category' | 'payload' | 'text'>): string {
  const mail = isMail(event) ? payloadObject(event.payload) : undefined;
  if (mail === undefined) return event.text;
  const said = (name: string): string => {
    const value = ownValue(mail as Record<string, unknown>, name);
    return typeof value === 'string' ? value : '';
  };
  const to = ownValue(mail as Record<string, unknown>, 'to');
  const lines: [string, string][] = [
    ['From', [said('fromName'), said('from') && `<${said('from')}>`].filter((part) => part !== '').join(' ')],
    ['To', Array.isArray(to) ? to.filter((one) => typeof one === 'string').join(', ') : ''],
    ['Date', said('date')],
    ['Subject', said('subject')],
    ['Folder', said('folder')],
    ['List', said('list')],
    ['Sender checked by the mail server', authText(ownValue(mail as Record<string, unknown>, 'auth'))],
    ['Attachments', attachmentText(ownValue(mail as Record<string, unknown>, 'attachments'))],
  ];
  const head = lines.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  return [...head, '', event.text].join('\n');
}

function authText(auth: unknown): string {
  if (typeof auth !== 'object' || auth === null) return 'no verdict';
  const verdicts = Object.entries(auth).filter(
    ([name, value]) => name !== 'server' && typeof value === 'string',
  );
  return verdicts.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

function attachmentText(attachments: unknown): string {
  if (!Array.isArray(attachments)) return '';
  return attachments
    .slice(0, maxNamedAttachments)
    .map((one: { name?: unknown; type?: unknown; size?: unknown } | null) => {
      const { name, type, size } = one ?? {};
      const words = [name ?? 'without a name', type, typeof size === 'number' ? `${size} bytes` : undefined];
      return words.filter((word) => typeof word === 'string').join(', ');
    })
    .join('; ');
}
