import { once } from 'node:events';
import type { Response } from 'express';

/** Sends pages as JSON lines. Reads the next page only when the one before is on its way, and none for a reader who has gone. */
export async function sendExport(
  response: Response,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<void> {
  for await (const page of pages) {
    if (response.destroyed) return;
    if (!response.headersSent) response.setHeader('content-type', 'application/x-ndjson');
    const isTaken = response.write(page.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
