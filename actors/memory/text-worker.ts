import { prepareText } from '../../src/memory/keep/prepare-text.ts';
import { serveThread } from '../threads/serve-thread.ts';

serveThread(async (texts: readonly string[]) => {
  const prepared = [];
  for (const text of texts) prepared.push(await prepareText(text));
  return prepared;
});
