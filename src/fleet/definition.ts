import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { parseSpan } from '../lib/duration-text.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts';
import { httpAddress, sshAddress } from './address.ts';
import { maintenanceWindow } from './maintenance.ts';
import { hostName } from './name.ts';

/** Kinds of hosts: this machine, by ssh, by HTTP, or one that reports by itself. */
export const hostKinds = ['local', 'ssh', 'http', 'push'] as const;
export type HostKind = (typeof hostKinds)[number];

const leastEveryMs = SECOND;
const mostEveryMs = DAY;

/** A period of polls, written as `1m`; in milliseconds. */
export const pollPeriod = z.string().transform((text, context): number => {
  const ms = parseSpan(text);
  if (ms !== undefined && ms >= leastEveryMs && ms <= mostEveryMs) return ms;
  context.addIssue({
    code: 'custom',
    message: `expected a period from 1s to 1d, such as 1m, got ${JSON.stringify(text.slice(0, 40))}`,
  });
  return z.NEVER;
});

const file = z
  .string()
  .max(1024)
  .refine((path) => isAbsolute(path) && !/["\p{C}]/u.test(path), 'expected the absolute path of a file');

/** A file on the host, or `host:port`; it becomes a word of a shell's command line. */
const certificateName = z
  .string()
  .regex(
    /^(?:\/[A-Za-z0-9/._+-]{1,250}|[A-Za-z0-9][A-Za-z0-9.-]{0,250}:\d{1,5})$/,
    'expected an absolute path, or host:port',
  );

const optionShape = {
  identity: file.nullable(),
  knownHosts: file.nullable(),
  /** Names of certificates to be looked at. */
  certificates: z.array(certificateName).max(16),
  reads: z.enum(['auto', 'report', 'metrics', 'status']),
  status: z.int().min(100).max(599).nullable(),
  body: z.string().min(1).max(500).nullable(),
  headers: z.record(
    z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'expected the name of a header'),
    z
      .string()
      .max(4096)
      .regex(/^[\x20-\x7e]*$/, 'expected a header on one line'),
  ),
  insecure: z.boolean(),
  /** Priority of the event that it is down; URGENT starts an agent. */
  priority: z.enum(['URGENT', 'HIGH', 'NORMAL', 'LOW']),
  /** Failed polls in a row until it is down, and good ones until it is up again. */
  downAfter: z.int().min(1).max(100),
  upAfter: z.int().min(1).max(100),
  /** Load of one core, averaged over five minutes, from which on it is degraded; null: never. */
  loadPerCore: z.number().positive().max(1000).nullable(),
  memoryPercent: z.number().min(1).max(100).nullable(),
  diskPercent: z.number().min(1).max(100).nullable(),
  failedUnits: z.boolean(),
  /** What still holds is told again after so many hours; null: never. */
  remindHours: z.number().min(1).max(720).nullable(),
  maintenance: z.array(maintenanceWindow).max(20),
  maintenanceUntil: z.iso.datetime({ offset: true }).nullable(),
  /** Whether the page for others shows it. */
  onStatusPage: z.boolean(),
};

/** What may be said of a host beside its name, kind, address, period and parent. */
export type HostOptions = { [Key in keyof typeof optionShape]: z.output<(typeof optionShape)[Key]> };

/** What holds where nothing else is said. */
export const defaultOptions: HostOptions = {
  identity: null,
  knownHosts: null,
  certificates: [],
  reads: 'auto',
  status: null,
  body: null,
  headers: {},
  insecure: false,
  priority: 'URGENT',
  downAfter: 3,
  upAfter: 2,
  loadPerCore: 2,
  memoryPercent: 95,
  diskPercent: 95,
  failedUnits: true,
  remindHours: null,
  maintenance: [],
  maintenanceUntil: null,
  onStatusPage: true,
};

const optionFields = Object.fromEntries(
  Object.entries(optionShape).map(([name, schema]) => [name, schema.optional()]),
) as { [Key in keyof typeof optionShape]: z.ZodOptional<(typeof optionShape)[Key]> };

/** The fields of a host as it is added, edited or declared: `local`, `ssh`, `http` or `push` says which kind it is. */
export const hostFields = {
  local: z.literal(true).optional(),
  ssh: sshAddress.optional(),
  http: httpAddress.optional(),
  push: z.literal(true).optional(),
  every: pollPeriod.optional(),
  parent: hostName.nullable().optional(),
  ...optionFields,
};

/** One of the kinds, and no more than one. */
export const oneKind = 'expected one of local, ssh, http and push';

/** A host of config.json, without its name. `pushToken` is the secret of one that reports by itself. */
export const declaredHost = z
  .strictObject({
    ...hostFields,
    pushToken: z.string().min(16).max(200).optional(),
    paused: z.boolean().optional(),
  })
  .refine((given) => kindsIn(given).length === 1, oneKind)
  .refine(
    (given) => (given.push === true) === (given.pushToken !== undefined),
    'expected pushToken, at least 16 characters, with push and with nothing else',
  );
export type DeclaredHost = z.output<typeof declaredHost>;

type Given = { [Kind in HostKind]?: string | true | undefined };

/** The kinds that are named. */
export function kindsIn(given: Given): HostKind[] {
  return hostKinds.filter((kind) => given[kind] !== undefined);
}

/** Period where nothing is said. */
export const defaultEveryMs = MINUTE;

/** All about a host but how it is. */
export interface HostDefinition {
  name: string;
  kind: HostKind;
  address: string | null;
  everyMs: number;
  parent: string | null;
  options: HostOptions;
}

/** The definition that comes of what was given, on top of what was known of it before. */
export function definitionOf(
  name: string,
  given: z.output<z.ZodObject<typeof hostFields>>,
  before?: HostDefinition,
): HostDefinition {
  const [kind = before?.kind ?? 'local'] = kindsIn(given);
  const address = kind === 'ssh' ? given.ssh : kind === 'http' ? given.http : null;
  const changes = Object.fromEntries(
    Object.keys(optionShape).flatMap((key) => {
      const value = given[key as keyof HostOptions];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return {
    name,
    kind,
    address: address ?? (kind === before?.kind ? before.address : null),
    everyMs: given.every ?? before?.everyMs ?? defaultEveryMs,
    parent: given.parent === undefined ? (before?.parent ?? null) : given.parent,
    options: { ...(before?.options ?? defaultOptions), ...changes },
  };
}

const longestPollMs = 20 * SECOND;
/** Of the interval, so that the next poll is not due while one goes on. */
const shareOfInterval = 0.8;

/** How long one poll of a host may take, in milliseconds. */
export function deadlineOf(everyMs: number, timeoutMs: number): number {
  return Math.max(500, Math.min(longestPollMs, timeoutMs, everyMs * shareOfInterval));
}

/** Reports that a host owes: so many intervals without one, and it counts as down. */
export const staleIntervals = 3;
/** A host that reports by itself may be late by the run of its own timer. */
export const leastStaleMs = 10 * SECOND;

/** Longest hour of a one-off maintenance. */
export const longestMaintenanceMs = 31 * 24 * HOUR;
