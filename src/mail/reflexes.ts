import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import type { Store } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { digestText } from './digest.ts';
import { lastDigestAt, mailsSince } from './rows/events.ts';

/** Needs of the reflexes of mail; `now` is the clock's by default. */
export interface MailReflexDeps {
  store: Store;
  now?: () => number;
}

const maxMails = 500;
/** As far as a digest reaches back where none was asked for lately. */
const longestDigestMs = 7 * DAY;

/** Reflexes of mail: what came today, and what came since the last digest. The mail itself is only recorded, unless a rule says otherwise. */
export const mailReflexes: readonly ReflexDeclaration<MailReflexDeps>[] = [
  {
    name: 'mail',
    command: { usage: '/mail', does: 'the mail that came today' },
    create: createMailReflex,
  },
  {
    name: 'digest',
    command: { usage: '/digest', does: 'the mail that came since the last digest and started no task' },
    create: createDigestReflex,
  },
];

function createMailReflex({ store, now = Date.now }: MailReflexDeps): Reflex {
  return async () => {
    const since = new Date(now());
    since.setHours(0, 0, 0, 0);
    return { reply: await digestSince(store, since, () => true) };
  };
}

function createDigestReflex({ store, now = Date.now }: MailReflexDeps): Reflex {
  return async ({ receivedAt }) => {
    const last = (await lastDigestAt(store))?.getTime() ?? 0;
    const least = last === 0 ? now() - DAY : now() - longestDigestMs;
    // What comes after this event is for the next digest.
    const since = new Date(Math.min(Math.max(last, least), receivedAt));
    return { reply: await digestSince(store, since, (mail) => mail.taskId === null) };
  };
}

async function digestSince(
  store: Store,
  since: Date,
  isShown: (mail: Awaited<ReturnType<typeof mailsSince>>[number]) => boolean,
): Promise<string> {
  const mails = await mailsSince(store, { since, limit: maxMails });
  return digestText(mails.filter(isShown), since, { hasMore: mails.length === maxMails });
}
