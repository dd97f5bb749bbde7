import { type MailSource, readMail } from '../../src/mail/read-mail.ts';
import { serveThread } from '../threads/serve-thread.ts';

/** A question to the thread; `warm` asks for nothing but that it is up. */
export type ParseTask = { type: 'warm' } | { type: 'read'; source: MailSource };

serveThread((task: ParseTask) => (task.type === 'warm' ? undefined : readMail(task.source)));
