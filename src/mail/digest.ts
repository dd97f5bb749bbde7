import { localTime } from '../lib/local-time.ts';
import type { MailView } from './rows/events.ts';

const shownMails = 25;
const shownLists = 15;
const subjectChars = 100;

/** What came, for people: what a person may have sent one by one, the rest by list or sender with its count. */
export function digestText(mails: readonly MailView[], since: Date, { hasMore = false } = {}): string {
  const from = `since ${localTime(since)}`;
  if (mails.length === 0) return `No mail came ${from}.`;
  const [personal, others] = divided(mails);
  const total = mails.reduce((sum, { digest }) => sum + (digest ?? 1), 0);
  return [
    `${hasMore ? 'At least ' : ''}${total} ${total === 1 ? 'mail' : 'mails'} ${from}:`,
    ...personal.slice(-shownMails).map(mailLine),
    ...(personal.length > shownMails ? [`… and ${personal.length - shownMails} before`] : []),
    ...groupLines(others),
  ].join('\n');
}

/** One mail on a line. */
export function mailLine(mail: MailView): string {
  const { subject, from, fromName, taskId, attachments, unparsed, digest, text } = mail;
  if (digest !== null) return `- ${text.split('\n', 1)[0] ?? ''}`;
  const notes = [
    ...(attachments.length > 0 ? [`${attachments.length} attached`] : []),
    ...(unparsed === null ? [] : ['not all could be read']),
    ...(taskId === null ? [] : [`task ${taskId}`]),
  ];
  const sender = fromName === '' ? from : `${fromName} <${from}>`;
  return `- ${subject.slice(0, subjectChars) || '(no subject)'}, from ${sender || 'nobody'}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function divided(mails: readonly MailView[]): [MailView[], MailView[]] {
  const isPersonal = ({ bulk, automatic, digest }: MailView): boolean =>
    digest !== null || (!bulk && automatic === null);
  return [mails.filter(isPersonal), mails.filter((mail) => !isPersonal(mail))];
}

function groupLines(mails: readonly MailView[]): string[] {
  const groups = new Map<string, number>();
  for (const mail of mails) groups.set(groupOf(mail), (groups.get(groupOf(mail)) ?? 0) + 1);
  const sorted = [...groups].sort(([, one], [, other]) => other - one);
  const lines = sorted.slice(0, shownLists).map(([group, count]) => `- ${count} ${group}`);
  const left = sorted.slice(shownLists).reduce((sum, [, count]) => sum + count, 0);
  return left === 0 ? lines : [...lines, `- ${left} of others`];
}

function groupOf({ automatic, list, from }: MailView): string {
  if (automatic === 'own' || automatic === 'ninjad') return 'of your own';
  if (list !== null) return `of the list ${list}`;
  if (automatic !== null) return `sent by programs (${automatic}) from ${from || 'nobody'}`;
  return `in bulk from ${from || 'nobody'}`;
}
