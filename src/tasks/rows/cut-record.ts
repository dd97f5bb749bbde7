import { storable } from '../../lib/store/storable.ts';
import type { AttemptRecord } from './attempt-record.ts';

/**
 * How much of an outcome is written. `whole`: all of it, made storable. `plain`: what the task came to and what it cost, in
 * characters that are certainly good. `bare`: the same in the rows of the task and its event, and nothing else.
 */
export type Cut = 'whole' | 'plain' | 'bare';

/** An id of a session as the CLIs make them: one word that no command line takes for an option. */
const sessionName = /^[A-Za-z0-9][\w.:-]{0,199}$/;
const maxReplyChars = 1_000_000;
const maxPlainReplyChars = 20_000;
const maxWordChars = 2_000;

/** The one place where what an agent left behind becomes what rows can hold. */
export function cutRecord(record: AttemptRecord, cut: Cut): AttemptRecord {
  const clean: AttemptRecord = storable({
    ...record,
    reply: record.reply.slice(0, maxReplyChars),
    progress: record.progress.slice(0, maxWordChars),
    note: record.note?.slice(0, maxWordChars),
    sessionId: record.sessionId !== null && sessionName.test(record.sessionId) ? record.sessionId : null,
  });
  if (cut === 'whole') return clean;
  const { outcome } = clean;
  return {
    ...clean,
    outcome: 'reason' in outcome ? { ...outcome, reason: plain(outcome.reason, maxWordChars) } : outcome,
    reply: plain(clean.reply, maxPlainReplyChars),
    progress: '',
    agent: null,
    memories: null,
    note: 'it was cut short: the store refused the whole of it',
    sessionId: cut === 'bare' ? null : clean.sessionId,
    keepSession: false,
    ownerNews: clean.ownerNews === undefined ? undefined : plain(clean.ownerNews, maxWordChars),
    // The figures by model may be what is refused; the sum stands all the same.
    usage: cut === 'bare' ? null : clean.usage,
  };
}

function plain(text: string, maxChars: number): string {
  return text.slice(0, maxChars).replace(/[^\x20-\x7e\n]/g, '?');
}
