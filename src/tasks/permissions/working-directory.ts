import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isAskConversation } from '../../lib/wire/ask-conversation.ts';
import type { Trust } from '../../lib/wire/trust.ts';

const maxSlugChars = 40;
const hashChars = 12;

/**
 * Where a task works: the folder of its conversation, always the same one, since sessions belong to it; the folder of its trust
 * without a conversation, and for questions in a terminal, each of which begins one. The name cannot leave `workDir`, and no
 * other two conversations share one.
 */
export function workingDirectory(
  workDir: string,
  { conversation, trust }: { conversation: string | null; trust: Trust },
): string {
  const shares = conversation === null || isAskConversation(conversation);
  return join(workDir, shares ? trust : safeName(conversation));
}

/** Letters, digits and dashes of a name for people, then a hash of all of it. */
function safeName(conversation: string): string {
  const slug = conversation
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlugChars)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(conversation).digest('hex').slice(0, hashChars);
  return slug === '' ? hash : `${slug}-${hash}`;
}
