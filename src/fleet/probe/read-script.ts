import { cleanWord, type Disk, emptyReport, maxListed, type Report, reportOf } from '../report.ts';

const kilobyte = 1024;

/**
 * Reads what the script of `script.ts` prints for that mark; what stands before, after or between its lines and is none of
 * them is noise. Undefined where it never began, or says nothing. A script that was cut off still says what it said.
 */
export function readScript(text: string, mark: string): Report | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  const begin = lines.indexOf(`ninjad-report ${mark}`);
  if (begin < 0) return undefined;
  const end = lines.indexOf(`ninjad-report-end ${mark}`, begin);
  const draft = newDraft();
  for (const line of lines.slice(begin + 1, end < 0 ? undefined : end)) readLine(draft, line);
  return reportOf(finished(draft));
}

/** The mark of a text that the script has printed, for one that nobody asked for by a mark; undefined where there is none. */
export function markIn(text: string): string | undefined {
  return /^ninjad-report (\w{1,64})\r?$/m.exec(text)?.[1];
}

interface Draft {
  report: Report;
  memory: Map<string, number | null>;
}

function newDraft(): Draft {
  return { report: { ...emptyReport }, memory: new Map() };
}

function readLine({ report, memory }: Draft, line: string): void {
  const [, key = '', rest = ''] = /^([a-z]+)(?: (.*))?$/s.exec(line.trimEnd()) ?? [];
  const words = rest.split(/\s+/).filter(Boolean);
  switch (key) {
    case 'kernel':
    case 'hostname':
      report[key] = cleanWord(rest) || null;
      break;
    case 'boot':
      report.bootId = cleanWord(rest) || null;
      break;
    case 'load':
      [report.load1, report.load5, report.load15] = [0, 1, 2].map((at) => figureOf(words[at])) as [
        number | null,
        number | null,
        number | null,
      ];
      break;
    case 'cores':
      report.cores = figureOf(words[0]);
      break;
    case 'uptime':
      report.uptimeSeconds = floor(figureOf(words[0]));
      break;
    case 'mem':
      memory.set(words[0]?.replace(':', '') ?? '', times(figureOf(words[1]), kilobyte));
      break;
    case 'memtotal':
      memory.set('MemTotal', figureOf(words[0]));
      break;
    case 'memfree':
      memory.set('MemAvailable', figureOf(words[0]));
      break;
    case 'pressure':
      readPressure(report, words);
      break;
    case 'reboot':
      report.rebootPending = words[0] === '1';
      break;
    case 'units':
      report.failedUnits ??= [];
      break;
    case 'unit':
      push((report.failedUnits ??= []), cleanWord(rest));
      break;
    case 'temperature':
      readTemperature(report, words);
      break;
    case 'process':
      readProcess(report, words);
      break;
    case 'certificate':
      readCertificate(report, rest);
      break;
    case 'disk':
      readDisk(report, rest);
      break;
  }
}

function finished({ report, memory }: Draft): Report {
  const of = (name: string): number | null => memory.get(name) ?? null;
  const [total, free, unused] = [of('MemTotal'), of('MemAvailable'), of('MemFree')];
  const [buffers, cached] = [of('Buffers'), of('Cached')];
  // Kernels before 3.14 do not say what is available.
  const older = unused === null || buffers === null || cached === null ? null : unused + buffers + cached;
  const available = free ?? older;
  const [swapTotal, swapFree] = [of('SwapTotal'), of('SwapFree')];
  return {
    ...report,
    memoryTotal: total,
    memoryUsed: total === null || available === null ? null : Math.max(0, total - available),
    swapTotal,
    swapUsed: swapTotal === null || swapFree === null ? null : Math.max(0, swapTotal - swapFree),
  };
}

/** A number as a program without a locale writes it. `1,5` may be one and a half or fifteen, and `NaN` is none: unknown. */
export function figureOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,18}(?:\.\d{1,9})?$/.test(text)) return null;
  return Number(text);
}

function readPressure(report: Report, [resource, percent]: string[]): void {
  if (resource !== 'cpu' && resource !== 'memory' && resource !== 'io') return;
  report.pressure ??= { cpu: null, memory: null, io: null };
  report.pressure[resource] = figureOf(percent);
}

function readTemperature(report: Report, [milli, ...name]: string[]): void {
  const value = figureOf(milli);
  if (value === null) return;
  push((report.temperatures ??= []), {
    name: cleanWord(name.join(' ')) || 'zone',
    celsius: value > 1_000 ? value / 1_000 : value,
  });
}

function readProcess(report: Report, [pid, cpu, memory, ...name]: string[]): void {
  const [id, share, room] = [figureOf(pid), figureOf(cpu), figureOf(memory)];
  if (id === null || share === null || room === null || name.length === 0) return;
  push((report.processes ??= []), { pid: id, cpu: share, memory: room, name: cleanWord(name.join(' ')) });
}

function readCertificate(report: Report, rest: string): void {
  const [, name, end = ''] = /^(\S+) (.+)$/.exec(rest) ?? [];
  const endsAt = Date.parse(end);
  if (name === undefined || Number.isNaN(endsAt)) return;
  push((report.certificates ??= []), { name: cleanWord(name), endsAt: new Date(endsAt).toISOString() });
}

/** `TOTAL USED FREE : TOTAL USED FREE : MOUNT`, first in kilobytes, then inodes, which some file systems do not count. */
function readDisk(report: Report, rest: string): void {
  const [, blocks = '', inodes = '', mount = ''] = /^([^:]*) : ([^:]*) ?: (\/.*)$/.exec(rest) ?? [];
  const [total = null, used = null, free = null] = blocks.trim().split(/\s+/).map(figureOf);
  const [inodesTotal = null, inodesUsed = null] = inodes.trim().split(/\s+/).map(figureOf);
  if (total === null || used === null || total === 0) return;
  const disk: Disk = {
    mount: cleanWord(mount),
    total: total * kilobyte,
    used: used * kilobyte,
    free: times(free, kilobyte),
    inodesUsed: inodesTotal === 0 ? null : inodesUsed,
    inodesTotal: inodesTotal === 0 ? null : inodesTotal,
  };
  push((report.disks ??= []), disk);
}

function push<Item>(list: Item[], item: Item): void {
  if (list.length < maxListed) list.push(item);
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function floor(value: number | null): number | null {
  return value === null ? null : Math.floor(value);
}
