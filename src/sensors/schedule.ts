import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseSpan } from '../lib/duration-text.ts';
import { zoneName } from '../lib/local-time.ts';
import type { Schedule } from '../schedule/job.ts';
import { period } from './period.ts';

/** When a sensor runs: a period, or a cron expression with its zone. */
export interface SensorSchedule {
  everyMs: number | null;
  cron: string | null;
  /** IANA zone of the cron expression. */
  zone: string | null;
}

/** Fields of a declaration that say when. */
export const scheduleFields = {
  every: period.optional(),
  cron: z.string().min(1).max(200).optional(),
  zone: z.string().min(1).max(64).optional(),
};

/** The schedule of such fields, or undefined where they say nothing. */
export function scheduleOf(fields: {
  every?: number | undefined;
  cron?: string | undefined;
  zone?: string | undefined;
}): SensorSchedule | undefined {
  if (fields.cron !== undefined) return { everyMs: null, cron: fields.cron, zone: fields.zone ?? zoneName() };
  return fields.every === undefined ? undefined : { everyMs: fields.every, cron: null, zone: null };
}

/** Runs of several sensors with one period are spread over it: the name decides where in it each one begins. */
export function jobSchedule(name: string, { everyMs, cron, zone }: SensorSchedule): Schedule {
  if (cron !== null) return { kind: 'cron', cron, zone: zone ?? 'UTC' };
  const period = everyMs ?? 0;
  const spread = createHash('sha256').update(name).digest().readUInt32BE(0) % Math.max(1, period);
  return { kind: 'every', everyMs: period, anchor: new Date(spread) };
}

/** Rough length of a period, in milliseconds, for bounds; a day where a cron expression says it. */
export function periodOf({ everyMs }: SensorSchedule): number {
  return everyMs ?? 24 * 60 * 60 * 1000;
}

const headLines = 10;
const header = /(?:#|\/\/|--|;|%|\/\*|")\s*ninjad:\s*(.+?)\s*(?:\*\/)?\s*$/;

/** What the first lines of a program say: `ninjad: every 5m quiet`, or why that cannot be read; undefined where nothing is said. */
export function readHeader(
  text: string,
): { schedule: SensorSchedule; quiet: boolean; timeoutMs?: number } | { problem: string } | undefined {
  const said = text
    .split('\n', headLines)
    .map((line) => header.exec(line)?.[1])
    .find((found) => found !== undefined);
  if (said === undefined) return undefined;
  const words = said.split(/\s+/);
  let schedule: SensorSchedule | undefined;
  let quiet = false;
  let timeoutMs: number | undefined;
  while (words.length > 0) {
    const word = words.shift();
    if (word === 'quiet') quiet = true;
    else if (word === 'timeout') timeoutMs = parseSpan(words.shift() ?? '');
    else if (word === 'every') {
      const read = period.safeParse(takeSpan(words));
      if (!read.success)
        return { problem: `"ninjad: ${said}": ${read.error.issues[0]?.message ?? 'no period'}` };
      schedule = { everyMs: read.data, cron: null, zone: null };
    } else if (word === 'cron') {
      const fields: string[] = [];
      while (words[0] !== undefined && !isZone(words[0]) && !isOption(words[0]))
        fields.push(words.shift() ?? '');
      const zone = words[0] !== undefined && isZone(words[0]) ? words.shift() : undefined;
      schedule = { everyMs: null, cron: fields.join(' '), zone: zone ?? zoneName() };
    } else return { problem: `"ninjad: ${said}": expected every 5m or cron */5 * * * *, got ${word ?? ''}` };
  }
  if (schedule === undefined) return { problem: `"ninjad: ${said}": expected every 5m or cron */5 * * * *` };
  return { schedule, quiet, ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** `5m`, and `5 m` too. */
function takeSpan(words: string[]): string {
  const first = words.shift() ?? '';
  return /^\d+$/.test(first) && /^(?:ms|s|m|h|d)$/.test(words[0] ?? '')
    ? first + (words.shift() ?? '')
    : first;
}

function isZone(word: string): boolean {
  return /^(?:[A-Z][A-Za-z_]+\/[A-Za-z0-9_+/-]+|UTC)$/.test(word);
}

function isOption(word: string): boolean {
  return word === 'quiet' || word === 'timeout';
}
