import { threadBehindOthers } from '../../src/lib/process/behind-others.ts';
import { prepareText } from '../../src/memory/keep/prepare-text.ts';
import { serveThread } from '../threads/serve-thread.ts';

// Texts of a flood wait for it; the daemon's loop and its database do not.
threadBehindOthers();

serveThread(async (texts: readonly string[]) => {
  const prepared = [];
  for (const text of texts) prepared.push(await prepareText(text));
  return prepared;
});
