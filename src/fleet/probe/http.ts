import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { cleanWord, emptyReport, type Report, reportOf } from '../report.ts';
import { isNodeMetrics, readMetrics } from './metrics.ts';
import type { Probed } from './outcome.ts';
import { markIn, readScript } from './read-script.ts';

/** A host that is asked over HTTP. */
export interface HttpTarget {
  url: string;
  /** What is expected: a report of ours, a page of node_exporter, or only an answer. `auto` takes what comes. */
  reads: 'auto' | 'report' | 'metrics' | 'status';
  /** The status that is well; null: any from 200 to 399. */
  status: number | null;
  /** Words that have to stand in the beginning of the answer; `*` for anything. */
  body: string | null;
  headers: Readonly<Record<string, string>>;
  /** Takes a certificate that nobody vouches for. */
  insecure: boolean;
}

const maxReportBytes = 4 * 1024 * 1024;
const maxRedirects = 5;

interface Answer {
  status: number;
  type: string;
  text: string;
  /** There was more than is read. */
  cut: boolean;
  certificateEnd: string | null;
  tookMs: number;
}

/** Asks once; whole within `timeoutMs`, and at most 4 MiB of the answer are held. */
export async function probeByHttp(
  target: HttpTarget,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<Probed> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await ask(
      target,
      new URL(target.url),
      signal === undefined ? late : AbortSignal.any([late, signal]),
    );
    return judge(target, answer);
  } catch (thrown) {
    if (late.aborted) return { problem: `it did not answer within ${Math.round(timeoutMs / 100) / 10} s` };
    return { problem: signal?.aborted === true ? 'the poll was called off' : whyFailed(thrown) };
  }
}

function judge(target: HttpTarget, answer: Answer): Probed {
  const { status } = answer;
  const isWell = target.status === null ? status >= 200 && status < 400 : status === target.status;
  if (!isWell)
    return {
      problem: `it answers with status ${status}${target.status === null ? '' : ` where ${target.status} is expected`}`,
    };
  if (target.body !== null && !matches(answer.text, target.body))
    return { problem: 'it answers without the words that are expected' };
  const read = readAnswer(target.reads, answer);
  if (read.report === undefined) return { problem: read.problem ?? 'what it answers is no report' };
  const certificates =
    answer.certificateEnd === null
      ? null
      : [{ name: new URL(target.url).host, endsAt: answer.certificateEnd }];
  return {
    report: {
      ...read.report,
      http: { status, tookMs: answer.tookMs },
      certificates:
        certificates === null
          ? read.report.certificates
          : [...(read.report.certificates ?? []), ...certificates],
    },
  };
}

function readAnswer(
  reads: HttpTarget['reads'],
  { text, type, cut }: Answer,
): { report?: Report | undefined; problem?: string } {
  if (reads === 'status') return { report: { ...emptyReport } };
  const isJson = /\bjson\b/i.test(type) || (reads !== 'auto' && /^\s*\{/.test(text));
  const looksLikeOurs =
    isJson || isNodeMetrics(text.slice(0, 262_144)) || markIn(text.slice(0, 65_536)) !== undefined;
  if (cut && (reads !== 'auto' || looksLikeOurs))
    return { problem: `it answers with more than ${maxReportBytes / 1024 / 1024} MiB, which is no report` };
  if (reads !== 'report' && isNodeMetrics(text)) return { report: readMetrics(text) };
  if (reads === 'metrics') return { problem: 'what it answers is no page of node_exporter' };
  const mark = markIn(text);
  if (mark !== undefined) return { report: readScript(text, mark) };
  const parsed = isJson || reads === 'report' ? parseJson(text) : undefined;
  const report = parsed === undefined ? undefined : reportOf(parsed.value);
  if (report !== undefined) return { report };
  if (reads === 'report')
    return {
      problem: parsed === undefined ? 'what it answers is not JSON' : 'its JSON is no report of ninjad',
    };
  if (isJson && parsed === undefined) return { problem: 'it says that it answers JSON, and that is none' };
  return { report: { ...emptyReport } };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Plain words, of which `*` stands for anything between; no pattern that could run for ever. */
export function matches(text: string, words: string): boolean {
  let from = 0;
  for (const part of words.split('*')) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

function ask(target: HttpTarget, url: URL, signal: AbortSignal, redirects = 0): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestTls : requestPlain;
    const isFirstPlace = url.origin === new URL(target.url).origin;
    const request = send(
      url,
      {
        agent: false,
        signal,
        ...(url.protocol === 'https:' && { rejectUnauthorized: !target.insecure }),
        // A place that somebody else sends us to is shown no secret.
        headers: {
          'user-agent': 'ninjad',
          accept: 'application/json, text/plain;q=0.9, */*;q=0.5',
          ...(isFirstPlace && target.headers),
        },
      },
      (response) => {
        const { statusCode = 0, headers } = response;
        if (
          target.status === null &&
          statusCode >= 300 &&
          statusCode < 400 &&
          headers.location !== undefined
        ) {
          response.destroy();
          if (redirects >= maxRedirects || !URL.canParse(headers.location, url.href)) {
            reject(new Error('it sends on and on to other places'));
            return;
          }
          const next = new URL(headers.location, url);
          if (!/^https?:$/.test(next.protocol)) reject(new Error('it sends on to another protocol'));
          else resolve(ask(target, next, signal, redirects + 1));
          return;
        }
        const certificateEnd = endOfCertificate(response);
        readBegin(response).then(
          ({ text, cut }) =>
            resolve({
              status: statusCode,
              type: headers['content-type'] ?? '',
              text,
              cut,
              certificateEnd,
              tookMs: Math.round(performance.now() - startedAt),
            }),
          reject,
        );
      },
    );
    request.once('error', reject);
    request.end();
  });
}

function endOfCertificate({ socket }: IncomingMessage): string | null {
  const peer = (socket as Partial<TLSSocket>).getPeerCertificate?.();
  const end = Date.parse(peer?.valid_to ?? '');
  return Number.isNaN(end) ? null : new Date(end).toISOString();
}

async function readBegin(response: IncomingMessage): Promise<{ text: string; cut: boolean }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    parts.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > maxReportBytes)
      return { text: Buffer.concat(parts).toString('utf8', 0, maxReportBytes), cut: true };
  }
  return { text: Buffer.concat(parts).toString('utf8'), cut: false };
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: --insecure takes it all the same',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody known: --insecure takes it all the same',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function whyFailed(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  return ownValue(words, code) ?? (cleanWord(messageOf(thrown)) || 'it did not answer');
}
