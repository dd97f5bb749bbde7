import type { Response } from 'express';
import type { Inspection, OpenInspection } from '../../src/inspection/inspection-message.ts';

/** Who watches the actors over the control socket. */
export interface InspectionStreams {
  /** Answers with NDJSON until the other side hangs up. */
  serve(response: Response): Promise<void>;
  /** Sends what has happened. */
  flush(): void;
  close(): void;
}

/** Past it a stream waits: what happens meanwhile is left out, and counted. */
const maxUnreadBytes = 1024 * 1024;

/** See `InspectionStreams`. `pending` is called when there is something to flush, once a flush. */
export function createInspectionStreams(open: OpenInspection, pending: () => void): InspectionStreams {
  const streams = new Map<Response, Inspection>();
  let hasAsked = false;
  const ask = (): void => {
    if (hasAsked) return;
    hasAsked = true;
    pending();
  };
  return {
    async serve(response) {
      const inspection = await open(ask);
      if (response.closed) {
        inspection.close();
        return;
      }
      streams.set(response, inspection);
      response.once('close', () => {
        streams.delete(response);
        inspection.close();
      });
      response.setHeader('content-type', 'application/x-ndjson');
      response.flushHeaders();
    },
    flush() {
      hasAsked = false;
      for (const [response, inspection] of streams) {
        if (response.writableLength > maxUnreadBytes) ask();
        else for (const message of inspection.take()) response.write(`${JSON.stringify(message)}\n`);
      }
    },
    close() {
      for (const response of streams.keys()) response.end();
    },
  };
}
