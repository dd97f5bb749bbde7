import { z } from 'zod';

/** A file system of a host's own disks. Sizes in bytes, inodes as a count; null where it is unknown. */
export interface Disk {
  mount: string;
  used: number;
  total: number;
  /** Bytes that a program may still write: less than `total - used` where some are kept for root. */
  free: number | null;
  inodesUsed: number | null;
  inodesTotal: number | null;
}

/** What a host says of itself. Null: it does not say, or what it says is no number. Never zero in place of unknown. */
export interface Report {
  load1: number | null;
  load5: number | null;
  load15: number | null;
  cores: number | null;
  /** Bytes. */
  memoryUsed: number | null;
  memoryTotal: number | null;
  swapUsed: number | null;
  swapTotal: number | null;
  disks: Disk[] | null;
  uptimeSeconds: number | null;
  /** Changes with each boot, and with nothing else. */
  bootId: string | null;
  kernel: string | null;
  hostname: string | null;
  /** Percent of the last 300 s in which something waited. */
  pressure: { cpu: number | null; memory: number | null; io: number | null } | null;
  failedUnits: string[] | null;
  rebootPending: boolean | null;
  temperatures: { name: string; celsius: number }[] | null;
  /** The busiest ones, percent of one core and of the memory. */
  processes: { pid: number; name: string; cpu: number; memory: number }[] | null;
  /** End of each certificate, ISO 8601. */
  certificates: { name: string; endsAt: string }[] | null;
  /** Of an http host. */
  http: { status: number; tookMs: number } | null;
}

/** A report that says nothing yet. */
export const emptyReport: Readonly<Report> = {
  load1: null,
  load5: null,
  load15: null,
  cores: null,
  memoryUsed: null,
  memoryTotal: null,
  swapUsed: null,
  swapTotal: null,
  disks: null,
  uptimeSeconds: null,
  bootId: null,
  kernel: null,
  hostname: null,
  pressure: null,
  failedUnits: null,
  rebootPending: null,
  temperatures: null,
  processes: null,
  certificates: null,
  http: null,
};

/** Most disks, units and the like that are kept of one report. */
export const maxListed = 64;
const maxWord = 200;
const largest = Number.MAX_SAFE_INTEGER;

/** Text of another machine: one line, without control characters, and short. */
export function cleanWord(text: string, max = maxWord): string {
  return text
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, max);
}

const figure = z.number().min(0).max(largest);
const percentage = z.number().min(0).max(1_000_000);
const word = z.string().transform((text) => cleanWord(text));
const oneOfMany = word.refine((text) => text !== '');
const orUnknown = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().catch(() => null);

/** A list of which what cannot be read is left out; no list at all is unknown. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(z.unknown())
    .transform((items): z.output<Schema>[] =>
      items
        .flatMap((item): z.output<Schema>[] => {
          const read = schema.safeParse(item);
          return read.success ? [read.data] : [];
        })
        .slice(0, maxListed),
    )
    .nullable()
    .catch(null);

const disk = z
  .object({
    mount: oneOfMany,
    used: figure,
    total: figure.refine((total) => total > 0),
    free: orUnknown(figure).default(null),
    inodesUsed: orUnknown(figure).default(null),
    inodesTotal: orUnknown(figure).default(null),
  })
  .refine(({ used, total }) => used <= total);

const shape = {
  load1: orUnknown(figure),
  load5: orUnknown(figure),
  load15: orUnknown(figure),
  cores: orUnknown(z.int().min(1).max(100_000)),
  memoryUsed: orUnknown(figure),
  memoryTotal: orUnknown(figure.refine((total) => total > 0)),
  swapUsed: orUnknown(figure),
  swapTotal: orUnknown(figure),
  disks: listOf(disk),
  uptimeSeconds: orUnknown(figure),
  bootId: orUnknown(oneOfMany),
  kernel: orUnknown(word),
  hostname: orUnknown(word),
  pressure: orUnknown(
    z.object({ cpu: orUnknown(percentage), memory: orUnknown(percentage), io: orUnknown(percentage) }),
  ),
  failedUnits: listOf(oneOfMany),
  rebootPending: orUnknown(z.boolean()),
  temperatures: listOf(z.object({ name: word, celsius: z.number().min(-100).max(1_000) })),
  processes: listOf(z.object({ pid: figure, name: word, cpu: percentage, memory: percentage })),
  certificates: listOf(
    z.object({ name: oneOfMany, endsAt: z.string().refine((text) => !Number.isNaN(Date.parse(text))) }),
  ),
  http: orUnknown(z.object({ status: z.int(), tookMs: figure })),
};
const schema = z.object(shape);

/** Reads anything as a report: what is not of the right kind is unknown. Undefined where nothing of a report is in it. */
export function reportOf(given: unknown): Report | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const known = Object.fromEntries(Object.keys(shape).map((key) => [key, fieldOf(given, key)]));
  const report = schema.parse(known);
  const says = Object.values(report).some(
    (value) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return says ? report : undefined;
}

function fieldOf(given: object, key: string): unknown {
  return Object.hasOwn(given, key) ? (given as Record<string, unknown>)[key] : null;
}

/** How full a disk is for those who are not root, 0 to 1. */
export function diskShare({ used, total, free }: Pick<Disk, 'used' | 'total' | 'free'>): number {
  const room = free === null ? total : used + free;
  return room === 0 ? 1 : used / room;
}

/** How much of the memory is used, 0 to 1; null where it is unknown. */
export function memoryShare({ memoryUsed, memoryTotal }: Report): number | null {
  return memoryUsed === null || memoryTotal === null || memoryTotal === 0 ? null : memoryUsed / memoryTotal;
}

/** The load that one core has to carry; null where it is unknown. */
export function loadPerCore({ load1, cores }: Report): number | null {
  return load1 === null || cores === null ? null : load1 / cores;
}
