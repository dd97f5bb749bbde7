import type { Tx } from '../lib/store/store.ts';
import { spanOf } from './judge/note.ts';
import { diskShare, loadPerCore, memoryShare, type Report } from './report.ts';
import { type FleetEvent, lastTime } from './rows/events.ts';
import { findHost, type HostRow, listHosts } from './rows/hosts.ts';
import { type ReportRow, reportsOf } from './rows/reports.ts';
import { shownAddress } from './address.ts';

const shownReports = 12;
const shownHosts = 20;

/**
 * What an agent should know to judge what happened: the last reports, what changed in them, how the other hosts are, and how it
 * went the last time. Plain lines; names and words of other machines are in it, so it is data.
 */
export async function evidenceOf(store: Tx, event: FleetEvent & { host: string | null }): Promise<string> {
  const hosts = await listHosts(store);
  const host = event.host === null ? undefined : await findHost(store, event.host);
  const parts: string[] = [];
  if (host !== undefined) {
    parts.push(aboutHost(host));
    parts.push(
      section('Its last polls (UTC)', (await reportsOf(store, host.id, shownReports)).map(reportLine)),
    );
    parts.push(section('Its last report', host.report === null ? [] : reportLines(host.report)));
    parts.push(section('What changed in its reports', changesBetween(host.reportBefore, host.report)));
    const last = await lastTime(store, { hostId: host.id, category: event.category, before: event.id });
    parts.push(
      section(
        'The last time',
        last === undefined ? ['this has not happened before, as far as it is recorded'] : lastLines(last),
      ),
    );
  }
  parts.push(section('Other hosts', otherLines(hosts, host)));
  return parts.filter((part) => part !== '').join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((line) => `- ${line}`)].join('\n');
}

function aboutHost({ name, kind, address, parent, lastSeenAt, everyMs }: HostRow): string {
  return section('The host', [
    `${name}, ${kind}${address === null ? '' : ` ${shownAddress(kind, address) ?? ''}`}, polled every ${spanOf(everyMs / 1000)}`,
    ...(parent === null ? [] : [`it is behind ${parent}`]),
    `last answer: ${lastSeenAt === null ? 'never' : lastSeenAt.toISOString()}`,
  ]);
}

function reportLine({
  at,
  state,
  reason,
  took_ms: tookMs,
  load1,
  cpu_count: cores,
  memory_used_bytes: used,
  memory_total_bytes: total,
}: ReportRow): string {
  const figures = [
    ...(load1 === null ? [] : [`load ${load1.toFixed(2)}${cores === null ? '' : ` on ${cores} cores`}`]),
    ...(used === null || total === null ? [] : [`memory ${percent(used / total)}`]),
  ];
  return `${new Date(at).toISOString().slice(0, 19)} ${state}${reason === null ? '' : `: ${reason}`}${figures.length === 0 ? '' : `, ${figures.join(', ')}`}${tookMs === null ? '' : ` (${tookMs} ms)`}`;
}

function reportLines(report: Report): string[] {
  const load = loadPerCore(report);
  const memory = memoryShare(report);
  return [
    ...(report.kernel === null ? [] : [report.kernel]),
    ...(report.uptimeSeconds === null ? [] : [`up for ${spanOf(report.uptimeSeconds)}`]),
    ...(load === null ? [] : [`load ${load.toFixed(2)} a core`]),
    ...(memory === null ? [] : [`memory ${percent(memory)} used`]),
    ...(report.disks ?? []).slice(0, 10).map((disk) => `${disk.mount} ${percent(diskShare(disk))} full`),
    ...((report.failedUnits ?? []).length === 0
      ? []
      : [`failed units: ${(report.failedUnits ?? []).join(', ')}`]),
    ...(report.rebootPending === true ? ['a reboot is pending'] : []),
    ...((report.processes ?? []).length === 0
      ? []
      : [
          `busiest: ${(report.processes ?? []).map(({ name, cpu, memory: room }) => `${name} (${cpu} % cpu, ${room} % memory)`).join(', ')}`,
        ]),
  ];
}

/** What is other in the later one of two reports, in words. */
export function changesBetween(before: Report | null, after: Report | null): string[] {
  if (before === null || after === null) return [];
  const changes: string[] = [];
  const changed = (what: string, was: string | null, is: string | null): void => {
    if (was !== null && is !== null && was !== is) changes.push(`${what}: ${was} before, ${is} now`);
  };
  changed('kernel', before.kernel, after.kernel);
  changed('boot', before.bootId, after.bootId);
  changed('cores', before.cores?.toString() ?? null, after.cores?.toString() ?? null);
  changed('reboot pending', yesNo(before.rebootPending), yesNo(after.rebootPending));
  const [was, is] = [new Set(before.failedUnits ?? []), new Set(after.failedUnits ?? [])];
  for (const unit of is) if (!was.has(unit)) changes.push(`${unit} has failed since`);
  for (const unit of was) if (!is.has(unit)) changes.push(`${unit} had failed before`);
  const [memoryWas, memoryIs] = [memoryShare(before), memoryShare(after)];
  if (memoryWas !== null && memoryIs !== null && Math.abs(memoryWas - memoryIs) >= 0.1)
    changes.push(`memory: ${percent(memoryWas)} before, ${percent(memoryIs)} now`);
  for (const disk of after.disks ?? []) {
    const old = before.disks?.find(({ mount }) => mount === disk.mount);
    if (old === undefined) changes.push(`${disk.mount} is new`);
    else if (Math.abs(diskShare(disk) - diskShare(old)) >= 0.02)
      changes.push(`${disk.mount}: ${percent(diskShare(old))} full before, ${percent(diskShare(disk))} now`);
  }
  for (const { mount } of before.disks ?? [])
    if (after.disks !== null && !after.disks.some((disk) => disk.mount === mount))
      changes.push(`${mount} is gone`);
  return changes;
}

function lastLines({
  at,
  text,
  overAt,
  result,
}: NonNullable<Awaited<ReturnType<typeof lastTime>>>): string[] {
  return [
    `${at.toISOString().slice(0, 19)}: ${text}`,
    overAt === null
      ? 'there is no word that it was over'
      : `it was over after ${spanOf((overAt.getTime() - at.getTime()) / 1000)}`,
    ...(result === null || result.trim() === ''
      ? []
      : [`what an agent said of it then: ${result.replaceAll(/\s+/g, ' ').trim()}`]),
  ];
}

function otherLines(hosts: readonly HostRow[], host: HostRow | undefined): string[] {
  const others = hosts.filter(({ name, enabled }) => enabled && name !== host?.name);
  const bad = others.filter(({ state }) => state !== 'up');
  const good = others.length - bad.length;
  return [
    ...bad
      .slice(0, shownHosts)
      .map(
        ({ name, state, reason, stateSince }) =>
          `${name} is ${state} since ${stateSince.toISOString().slice(0, 19)}${reason === null ? '' : `: ${reason}`}`,
      ),
    ...(bad.length > shownHosts ? [`${bad.length - shownHosts} more are not well`] : []),
    ...(others.length === 0 ? [] : [good === others.length ? `all ${good} others are up` : `${good} are up`]),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}
