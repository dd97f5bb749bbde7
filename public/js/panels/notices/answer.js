import { request } from '../../link/connection.js';
import { go } from '../../shell/location.js';
import { writeDraft } from '../chat/drafts.js';

const quotedChars = 300;

/**
 * Leads to where a notice can be answered: the conversation of the task that it is of, else a new one. What it said stands in
 * the field as a quote, since the agent may not know it any more.
 * @param {{ text: string, taskId: number | null }} notice
 */
export async function answer({ text, taskId }) {
  const page = taskId === null ? undefined : await request('task.get', { id: taskId }).catch(() => undefined);
  const conversation = page?.task.conversation ?? `talk-${Date.now().toString(36)}`;
  const quote = text.slice(0, quotedChars).replaceAll(/\s+/g, ' ');
  writeDraft(conversation, `You told me: “${quote}”\n\n`);
  go('chat', [conversation]);
}
