import type { Report } from '../../fleet/report.ts';
import type { Answers } from '../../operations.ts';
import { paint } from '../paint.ts';
import { tableLines } from '../print.ts';
import { oneLine } from '../printable.ts';
import { bytes, duration, relativeTime } from '../units.ts';

type Host = Answers['fleet.list'][number];
type HostPage = Answers['fleet.get'];

const order: Readonly<Record<string, number>> = {
  down: 0,
  degraded: 1,
  unreachable: 2,
  unknown: 3,
  up: 4,
  paused: 5,
};

/** All hosts, those in trouble first. */
export function hostTable(hosts: readonly Host[], now: number): string[] {
  const columns = ['name', 'kind', 'state', 'since', 'load', 'memory', 'disk', 'what'].map((title) => ({
    title,
  }));
  const rows = [...hosts].sort(
    (one, other) => (order[one.state] ?? 3) - (order[other.state] ?? 3) || one.name.localeCompare(other.name),
  );
  return tableLines(
    columns,
    rows.map((host) => {
      const last = host.reports.at(-1);
      return [
        oneLine(host.name),
        host.kind,
        paintState(host.state),
        relativeTime(Date.parse(host.since), now),
        last?.loadPerCpu == null ? '' : last.loadPerCpu.toFixed(2),
        percent(last?.memoryUsed),
        percent(last?.diskUsed),
        oneLine(whatOf(host)),
      ];
    }),
  );
}

function whatOf({ reason, fullAt, muted, parent, address }: Host): string {
  const parts = [
    ...(reason === null ? [] : [reason]),
    ...(fullAt === null ? [] : [`${fullAt.mount} full on ${fullAt.at.slice(0, 10)}`]),
    ...(muted === null || muted === reason ? [] : [muted]),
  ];
  if (parts.length > 0) return parts.join('; ');
  return [address ?? '', parent === null ? '' : `behind ${parent}`].filter(Boolean).join(', ');
}

/** All about one host. */
export function hostLines(host: HostPage, now: number): string[] {
  const field = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [`${paint('dim', name.padEnd(14))}${oneLine(value)}`];
  const { options, maintenance } = host;
  return [
    `${paint('bold', oneLine(host.name))}  ${paintState(host.state)} ${relativeTime(Date.parse(host.since), now)}`,
    ...field('reason', host.reason),
    ...field('kind', `${host.kind}${host.address === null ? '' : `, ${host.address}`}, every ${host.every}`),
    ...field('declared in', host.declaredIn),
    ...field('behind', host.parent),
    ...field('hosts behind', host.behind.join(', ')),
    ...field(
      'last report',
      host.lastReportAt === null ? 'never' : relativeTime(Date.parse(host.lastReportAt), now),
    ),
    ...field('identity', options.identity),
    ...field(
      'maintenance',
      [...maintenance.windows, ...(maintenance.until === null ? [] : [`until ${maintenance.until}`])].join(
        '; ',
      ),
    ),
    ...field(
      'full',
      host.fullAt === null
        ? null
        : `${host.fullAt.mount} on ${host.fullAt.at.slice(0, 10)}, if it goes on like this`,
    ),
    ...(host.report === null ? [] : reportLines(host.report)),
    ...(host.events.length === 0 ? [] : [paint('dim', 'last events')]),
    ...host.events
      .slice(0, 10)
      .map(
        ({ at, text, muted }) =>
          `  ${relativeTime(Date.parse(at), now)}  ${oneLine(text)}${muted === null ? '' : paint('dim', ` (not sent: ${oneLine(muted)})`)}`,
      ),
  ];
}

/** A report for people. */
export function reportLines(report: Omit<Report, 'disks'> & { disks: readonly DiskLine[] | null }): string[] {
  const field = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [`${paint('dim', name.padEnd(14))}${oneLine(value)}`];
  const { load1, load5, load15, cores, memoryUsed, memoryTotal, pressure, failedUnits, processes } = report;
  return [
    ...field('kernel', report.kernel),
    ...field('up for', report.uptimeSeconds === null ? null : duration(report.uptimeSeconds * 1000)),
    ...field(
      'load',
      load1 === null
        ? null
        : `${[load1, load5, load15].map((load) => load ?? '?').join(' ')}${cores === null ? '' : ` on ${cores} cores`}`,
    ),
    ...field(
      'memory',
      memoryUsed === null || memoryTotal === null ? null : `${bytes(memoryUsed)} of ${bytes(memoryTotal)}`,
    ),
    ...(report.disks ?? []).flatMap(({ mount, used, total, fullAt }) =>
      field(
        'disk',
        `${mount}  ${bytes(used)} of ${bytes(total)}, ${percent(used / total)}${fullAt == null ? '' : `, full on ${fullAt.slice(0, 10)}`}`,
      ),
    ),
    ...field(
      'pressure',
      pressure === null
        ? null
        : `cpu ${pressure.cpu ?? '?'} %, memory ${pressure.memory ?? '?'} %, io ${pressure.io ?? '?'} %`,
    ),
    ...field('failed units', (failedUnits ?? []).join(', ')),
    ...field('reboot', report.rebootPending === true ? 'is pending' : null),
    ...field('warmest', warmest(report.temperatures)),
    ...field(
      'busiest',
      (processes ?? [])
        .slice(0, 3)
        .map(({ name, cpu }) => `${name} ${cpu} %`)
        .join(', '),
    ),
    ...(report.certificates ?? []).flatMap(({ name, endsAt }) =>
      field('certificate', `${name} until ${endsAt.slice(0, 10)}`),
    ),
    ...field(
      'answer',
      report.http === null ? null : `status ${report.http.status} in ${report.http.tookMs} ms`,
    ),
  ];
}

interface DiskLine {
  mount: string;
  used: number;
  total: number;
  fullAt?: string | null;
}

function warmest(temperatures: Report['temperatures']): string | null {
  if (temperatures === null || temperatures.length === 0) return null;
  const { name, celsius } = temperatures.reduce((most, one) => (one.celsius > most.celsius ? one : most));
  return `${name} ${celsius} °C`;
}

/** How a poll went. */
export function pollLines({
  name,
  answered,
  reason,
  tookMs,
  state,
  blind,
  report,
}: Answers['fleet.poll']): string[] {
  const how = answered
    ? `${paint('green', 'answered')} in ${tookMs} ms`
    : `${paint('red', 'failed')}: ${oneLine(reason ?? '')}`;
  return [
    `${oneLine(name)} ${how}; it is ${paintState(state)}${blind ? ' (nothing can be seen from here, so nobody is blamed)' : ''}`,
    ...(answered && reason !== null ? [oneLine(reason)] : []),
    ...(report === null ? [] : reportLines(report)),
  ];
}

/** A state in its colour. */
export function paintState(state: string): string {
  if (state === 'up') return paint('green', state);
  if (state === 'down') return paint('red', state);
  return state === 'degraded' || state === 'unreachable' ? paint('yellow', state) : state;
}

function percent(share: number | null | undefined): string {
  return share == null ? '' : `${Math.round(share * 100)} %`;
}
