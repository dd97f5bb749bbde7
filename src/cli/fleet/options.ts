import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../lib/errors.ts';
import { zoneName } from '../../lib/local-time.ts';
import { readWindow } from '../../fleet/maintenance.ts';
import type { Request } from '../../operations.ts';

/** What may be said of a host on the command line. */
export interface HostOptions {
  local?: true;
  ssh?: string;
  http?: string;
  push?: true;
  identity?: string;
  knownHosts?: string;
  acceptKey?: true;
  every?: string;
  parent?: string;
  rename?: string;
  certificate?: string[];
  reads?: string;
  status?: number;
  body?: string;
  header?: Record<string, string>;
  insecure?: boolean;
  priority?: string;
  downAfter?: number;
  upAfter?: number;
  load?: number | null;
  memory?: number | null;
  disk?: number | null;
  units?: boolean;
  remind?: number | null;
  statusPage?: boolean;
}

/** Adds the options of `HostOptions`. */
export function withHost(command: Command): Command {
  return command
    .option('--local', 'this machine')
    .option('--ssh <address>', 'ask it by ssh: user@host[:port]')
    .option(
      '--http <url>',
      'ask it over HTTP: a report, node_exporter’s /metrics, or only whether it answers well',
    )
    .option('--push', 'it reports by itself, with a token of its own')
    .option('--identity <file>', 'the private key for ssh')
    .option('--known-hosts <file>', 'the file of known host keys for ssh (default: ninjad’s own and yours)')
    .option('--accept-key', 'accept the host key that it shows now, and print its fingerprint')
    .option('--every <period>', 'how often it is asked, such as 30s, 1m or 1h (default: 1m)')
    .option('--parent <name>', 'the host that it is behind; an empty name takes that away')
    .option(
      '--certificate <name>',
      'a certificate to look at: a file on the host, or host:port; may be repeated',
      collect,
    )
    .addOption(
      new Option('--reads <what>', 'what an http host answers').choices([
        'auto',
        'report',
        'metrics',
        'status',
      ]),
    )
    .option('--status <code>', 'the status that an http host has to answer with', numberOption(100, 599))
    .option('--body <words>', 'words that its answer has to hold; * stands for anything')
    .option('--header <name=value>', 'a header to send; may be repeated', header)
    .option('--insecure', 'take a certificate that nobody vouches for')
    .addOption(
      new Option(
        '--priority <priority>',
        'priority of the event that it is down; URGENT starts an agent (default: URGENT)',
      ).choices(['URGENT', 'HIGH', 'NORMAL', 'LOW']),
    )
    .option(
      '--down-after <polls>',
      'failed polls in a row until it is down (default: 3)',
      numberOption(1, 100),
    )
    .option(
      '--up-after <polls>',
      'good polls in a row until it is up again (default: 2)',
      numberOption(1, 100),
    )
    .option(
      '--load <number>',
      'load of a core from which on it is not well; none: never (default: 2)',
      numberOrNone(0.01, 1000),
    )
    .option('--memory <percent>', 'the same for its memory (default: 95)', numberOrNone(1, 100))
    .option('--disk <percent>', 'the same for its disks (default: 95)', numberOrNone(1, 100))
    .option('--no-units', 'failed units of systemd are no trouble')
    .option(
      '--remind <hours>',
      'tell again what still holds after so many hours (default: none)',
      numberOrNone(1, 720),
    )
    .option('--no-status-page', 'leave it out of the page for others');
}

type Fields = Omit<Request<'fleet.edit'>, 'name'>;

/** The options as the daemon takes them. */
export function fieldsOf(options: HostOptions, isGiven: (name: string) => boolean): Fields {
  const { local, ssh, http, push, identity, knownHosts, every, parent, rename, certificate, acceptKey } =
    options;
  const { reads, status, body, header: headers, insecure, priority, downAfter, upAfter } = options;
  const { load, memory, disk, remind } = options;
  return withoutUndefined({
    ...{ local, ssh, http, push, every, acceptKey, newName: rename },
    identity: identity === undefined ? undefined : identity === '' ? null : resolve(identity),
    knownHosts: knownHosts === undefined ? undefined : knownHosts === '' ? null : resolve(knownHosts),
    parent: parent === '' ? null : parent,
    ...{ certificates: certificate, status, body, headers, insecure, downAfter, upAfter },
    reads: reads,
    priority: priority,
    ...{ loadPerCore: load, memoryPercent: memory, diskPercent: disk, remindHours: remind },
    failedUnits: isGiven('units') ? options.units : undefined,
    onStatusPage: isGiven('statusPage') ? options.statusPage : undefined,
  });
}

/** A window of maintenance as it is given, such as `sun 02:00-04:00`. */
export function windowOf(text: string, zone: string | undefined) {
  const window = readWindow(text, zone ?? zoneName());
  if (window === undefined)
    throw new UsageError(
      `expected a window such as "sun 02:00-04:00" or "22:00-02:00", and a zone such as Europe/Berlin`,
    );
  return window;
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function header(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z0-9-]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Expected a header and its value, such as Authorization="Bearer x".');
  return { ...before, [name]: value };
}

function numberOption(min: number, max: number) {
  return (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

function numberOrNone(min: number, max: number) {
  return (text: string): number | null => {
    if (text === 'none') return null;
    const value = /^\d{1,6}(?:\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}, or none.`);
  };
}
