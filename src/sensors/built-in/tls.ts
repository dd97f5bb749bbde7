import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { DAY, HOUR, SECOND } from '../../lib/time.ts';
import { type Finding, sensorKind } from '../look.ts';
import { short } from './fields.ts';

const settings = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(443),
  servername: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The name that the certificate is asked for and has to fit; default: the host'),
  days: z
    .array(z.number().min(0).max(3650))
    .min(1)
    .max(10)
    .default([21, 7, 1])
    .describe('Days before the end at which it is told, each once; the last one is critical'),
  verify: z
    .boolean()
    .default(false)
    .describe('Whether a chain that is not trusted, or a name that does not fit, is told too'),
});

type Settings = z.output<typeof settings>;

interface Memory {
  /** The end of the certificate, epoch milliseconds, and the thresholds that were told of it. */
  validTo: number;
  told: number[];
}

/** The end of a TLS certificate: each threshold is told once, the lowest wins, and a renewal begins anew. */
export const tls = sensorKind<Settings, Memory>({
  kind: 'tls',
  says: 'the end of a TLS certificate',
  everyMs: 6 * HOUR,
  timeoutMs: 30 * SECOND,
  settings,
  async look(given, { now, signal }, { memory, levelOf }) {
    const met = await meet(given, signal);
    if ('problem' in met)
      return { findings: [{ subject: '', level: 'unknown', text: met.problem }], ...(memory && { memory }) };
    const validTo = Date.parse(met.certificate.valid_to);
    const leftDays = (validTo - now().getTime()) / DAY;
    const trust: Finding[] = !given.verify
      ? []
      : [
          {
            subject: 'trust',
            level: met.distrust === null ? 'ok' : 'critical',
            text: met.distrust ?? 'it is trusted',
          },
        ];
    // Behind one name may stand several servers: the certificate that ends first counts until all have a later one.
    const known = memory !== undefined && memory.validTo < validTo && stillCounts(memory, now().getTime());
    const told = memory !== undefined && (known || memory.validTo === validTo) ? memory.told : [];
    const lowest = Math.min(...given.days.filter((day) => leftDays <= day));
    const isNew = Number.isFinite(lowest) && !told.some((day) => day <= lowest);
    const name = `the certificate of ${given.host}${given.port === 443 ? '' : `:${given.port}`}`;
    const end = new Date(validTo).toISOString().slice(0, 10);
    const text =
      leftDays < 0 ? `${name} ended on ${end}` : `${name} ends on ${end}, in ${short(leftDays)} days`;
    const level = !Number.isFinite(lowest)
      ? 'ok'
      : lowest <= Math.min(...given.days)
        ? 'critical'
        : 'warning';
    // Between two thresholds of one level the level stays and the new threshold is news of its own.
    const isSameLevel = level === levelOf('');
    return {
      findings: [{ subject: '', level, value: leftDays, text }, ...trust],
      news: isNew && isSameLevel ? [{ subject: '', text, facts: { state: level, daysLeft: leftDays } }] : [],
      memory: { validTo: known ? memory.validTo : validTo, told: isNew ? [...told, lowest] : told },
    };
  },
  // An old certificate behind the same name comes back within a few looks.
  patience: () => ({ worse: 1, better: 3 }),
});

/** A certificate that has not ended long ago may still be served by another server of that name. */
function stillCounts({ validTo, told }: Memory, now: number): boolean {
  return told.length > 0 && now < validTo;
}

type Met = { certificate: PeerCertificate; distrust: string | null } | { problem: string };

function meet(given: Settings, signal: AbortSignal): Promise<Met> {
  const { host, port } = given;
  const servername = given.servername ?? host;
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({
      host,
      port,
      rejectUnauthorized: false,
      // An address is no name that a server could be asked for.
      ...(/^[\d.]+$|:/.test(servername) ? {} : { servername }),
    });
    const end = (met: Met): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(met);
    };
    const onAbort = (): void => end({ problem: `${host}:${port} did not answer in time` });
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => end({ problem: `${host}:${port} cannot be asked: ${messageOf(error)}` }));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      if (Object.keys(certificate).length === 0 || !Number.isFinite(Date.parse(certificate.valid_to))) {
        end({ problem: `${host}:${port} shows no certificate` });
        return;
      }
      const error = socket.authorizationError as Error | string | null | undefined;
      end({
        certificate,
        distrust: error === null || error === undefined ? null : `it is not trusted: ${messageOf(error)}`,
      });
    });
  });
}
