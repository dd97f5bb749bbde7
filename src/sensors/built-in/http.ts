import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Level, sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';

const settings = z.strictObject({
  url: z
    .string()
    .max(2048)
    .refine(
      (text) => /^https?:\/\//.test(text) && URL.canParse(text),
      'expected an address such as https://host/path',
    ),
  status: z
    .int()
    .min(100)
    .max(599)
    .optional()
    .describe('The status that is well; default: any from 200 to 399'),
  contains: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Words that have to stand in the first 256 KiB of the answer'),
  slowMs: z
    .int()
    .min(0)
    .max(60_000)
    .default(5_000)
    .describe('An answer that takes longer is a warning; 0: never'),
  failures: z.int().min(1).max(20).default(2).describe('Looks in a row that have to fail before it is told'),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
});

type Settings = z.output<typeof settings>;

const maxBodyBytes = 256 * 1024;

/** An address that has to answer well, and soon. */
export const http = sensorKind({
  kind: 'http',
  says: 'whether a web address answers well, and soon',
  everyMs: MINUTE,
  timeoutMs: 70 * SECOND,
  settings,
  patience: ({ failures }) => ({ worse: failures, better: 1 }),
  async look(given: Settings, { signal }, { levelOf }) {
    const { problem, tookMs } = await ask(given, signal);
    const where = withoutSecrets(given.url);
    if (problem !== null)
      return { findings: [{ subject: '', level: 'critical', value: tookMs, text: `${where} ${problem}` }] };
    const limits = { warning: given.slowMs, critical: Infinity, slack: given.slowMs / 5 };
    const before = levelOf('') === 'ok' ? 'ok' : 'warning';
    const level: Level = given.slowMs === 0 ? 'ok' : judgeHigh(tookMs, limits, before);
    const how = level === 'ok' ? 'answers well' : 'answers slowly';
    return { findings: [{ subject: '', level, value: tookMs, text: `${where} ${how}, in ${tookMs} ms` }] };
  },
});

async function ask(
  given: Settings,
  signal: AbortSignal,
): Promise<{ problem: string | null; tookMs: number }> {
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  try {
    const response = await fetch(given.url, {
      redirect: 'follow',
      headers: { 'user-agent': 'ninjad' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(given.timeoutMs)]),
    });
    const { status } = response;
    const isWell = given.status === undefined ? status >= 200 && status < 400 : status === given.status;
    const body = given.contains === undefined ? undefined : await readBegin(response);
    await response.body?.cancel().catch(() => undefined);
    if (!isWell) return { problem: `answers with status ${status}`, tookMs: tookMs() };
    const lacks = body !== undefined && !body.includes(given.contains ?? '');
    return { problem: lacks ? 'answers without the words that are expected' : null, tookMs: tookMs() };
  } catch (thrown) {
    const late = thrown instanceof Error && thrown.name === 'TimeoutError';
    return {
      problem: late ? `does not answer within ${given.timeoutMs} ms` : `cannot be reached: ${why(thrown)}`,
      tookMs: tookMs(),
    };
  }
}

async function readBegin(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    const chunk = part.value as Uint8Array;
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBodyBytes) break;
  }
  reader?.releaseLock();
  return Buffer.concat(parts).toString('utf8');
}

/** What fetch throws says "fetch failed", and its cause what failed. */
function why(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return messageOf(cause ?? thrown) || ((cause as NodeJS.ErrnoException | undefined)?.code ?? 'no answer');
}

function withoutSecrets(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}
