import parse from 'parse-prometheus-text-format';
import { type Disk, emptyReport, maxListed, type Report } from '../report.ts';

interface Sample {
  value: string;
  labels?: Record<string, string>;
}
interface Family {
  name: string;
  metrics: Sample[];
}

const wanted =
  /^(?:# TYPE )?node_(?:load1|load5|load15|memory_(?:MemTotal|MemAvailable|SwapTotal|SwapFree)_bytes|filesystem_(?:size_bytes|free_bytes|avail_bytes|files|files_free)|boot_time_seconds|time_seconds|uname_info|cpu_seconds_total|systemd_unit_state|hwmon_temp_celsius|reboot_required)[ {]/;
const idle = /mode="idle"/;
const failed = /state="failed".*\} 1(?:\.0)?(?: \d+)?$/;
const maxLines = 5_000;
const localType =
  /^(?:ext[234]|xfs|btrfs|zfs|bcachefs|f2fs|jfs|nilfs2|vfat|exfat|ntfs3?|fuseblk|hfs|apfs|ufs)$/;

/** Whether a text is what Prometheus' node_exporter serves. */
export function isNodeMetrics(text: string): boolean {
  return /^node_(?:load1|boot_time_seconds|memory_|uname_info|exporter_build_info|cpu_seconds_total)/m.test(
    text,
  );
}

/**
 * Reads a page of node_exporter. Only the lines that are used are parsed, since a page has thousands of others. What is not
 * on the page, or is NaN, is unknown.
 */
export function readMetrics(text: string): Report {
  const lines = text.split('\n').filter((line) => {
    if (!wanted.test(line)) return false;
    if (line.startsWith('node_cpu_seconds_total')) return idle.test(line);
    return !line.startsWith('node_systemd_unit_state') || failed.test(line);
  });
  const families = new Map(
    (parse(`${lines.slice(0, maxLines).join('\n')}\n`) as Family[]).map(({ name, metrics }) => [
      name,
      metrics,
    ]),
  );
  const all = (name: string): Sample[] => families.get(`node_${name}`) ?? [];
  const one = (name: string): number | null => figure(all(name)[0]);
  const [bootTime, now] = [one('boot_time_seconds'), one('time_seconds')];
  const [total, available] = [one('memory_MemTotal_bytes'), one('memory_MemAvailable_bytes')];
  const [swapTotal, swapFree] = [one('memory_SwapTotal_bytes'), one('memory_SwapFree_bytes')];
  const uname = all('uname_info')[0]?.labels;
  const required = one('reboot_required');
  const cores = all('cpu_seconds_total').length;
  return {
    ...emptyReport,
    load1: one('load1'),
    load5: one('load5'),
    load15: one('load15'),
    cores: cores === 0 ? null : cores,
    memoryTotal: total,
    memoryUsed: difference(total, available),
    swapTotal,
    swapUsed: difference(swapTotal, swapFree),
    disks: disksOf(all),
    bootId: bootTime === null ? null : `${bootTimePrefix}${Math.round(bootTime)}`,
    uptimeSeconds: bootTime === null ? null : Math.max(0, Math.floor((now ?? Date.now() / 1000) - bootTime)),
    kernel: uname === undefined ? null : [uname['sysname'], uname['release'], uname['machine']].join(' '),
    hostname: uname?.['nodename'] ?? null,
    failedUnits:
      families.has('node_systemd_unit_state') || /^# TYPE node_systemd_unit_state /m.test(text)
        ? all('systemd_unit_state')
            .flatMap(({ labels }) => labels?.['name'] ?? [])
            .slice(0, maxListed)
        : null,
    rebootPending: required === null ? null : required > 0,
    temperatures: temperaturesOf(all('hwmon_temp_celsius')),
  };
}

/** Begins the boot ids that are made of the time of the boot, which a clock that is set moves by a little. */
export const bootTimePrefix = 'booted:';

function figure(sample: Sample | undefined): number | null {
  const value = sample === undefined ? Number.NaN : Number(sample.value);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function difference(total: number | null, part: number | null): number | null {
  return total === null || part === null ? null : Math.max(0, total - part);
}

function disksOf(all: (name: string) => Sample[]): Disk[] | null {
  const sizes = all('filesystem_size_bytes').filter(({ labels }) => localType.test(labels?.['fstype'] ?? ''));
  if (all('filesystem_size_bytes').length === 0) return null;
  const seen = new Set<string>();
  return sizes
    .flatMap((sample): Disk[] => {
      const { mountpoint: mount = '', device = '' } = sample.labels ?? {};
      const of = (name: string): number | null =>
        figure(
          all(`filesystem_${name}`).find(
            ({ labels }) => labels?.['mountpoint'] === mount && labels['device'] === device,
          ),
        );
      const [total, left] = [figure(sample), of('free_bytes') ?? of('avail_bytes')];
      if (total === null || total === 0 || left === null || seen.has(device)) return [];
      seen.add(device);
      const inodesTotal = of('files');
      return [
        {
          mount,
          total,
          used: Math.max(0, total - left),
          free: of('avail_bytes'),
          inodesTotal: inodesTotal === 0 ? null : inodesTotal,
          inodesUsed: inodesTotal === 0 ? null : difference(inodesTotal, of('files_free')),
        },
      ];
    })
    .slice(0, maxListed);
}

function temperaturesOf(samples: readonly Sample[]): Report['temperatures'] {
  if (samples.length === 0) return null;
  return samples.slice(0, 16).flatMap((sample) => {
    const celsius = figure(sample);
    const { chip = '', sensor = '' } = sample.labels ?? {};
    return celsius === null ? [] : [{ name: `${chip} ${sensor}`.trim(), celsius }];
  });
}
