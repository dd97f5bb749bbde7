import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../lib/write-whole.ts';
import type { Trouble } from './events.ts';
import type { Standings } from './settle.ts';

/** A run as it is remembered. */
export interface RunRecord {
  /** Epoch milliseconds. */
  at: number;
  tookMs: number;
  state: 'done' | 'failed';
  reason?: string;
  /** Events that it wrote. */
  events: number;
}

/** What is remembered of a sensor between its runs. */
export interface SensorRecord {
  /** Names this record: keys of events begin with it, so that those of a lost one are not met again. */
  id: string;
  standings: Standings;
  memory?: unknown;
  trouble: (Trouble & { since: number }) | null;
  /** Newest last. */
  runs: RunRecord[];
  lastEvents: { at: number; line: string }[];
  /** Events told since the record began. */
  told: number;
  /** Runs in a row that had nothing to say, and that had. */
  quietRuns: number;
  spokenRuns: number;
  /** True once its silence was told, until it has spoken for a while. */
  silenceTold: boolean;
  /** The hour that is counted, and the events in it. */
  hour: { since: number; events: number };
}

const recordSchema = z.looseObject({
  id: z.string(),
  standings: z.record(z.string(), z.unknown()),
  runs: z.array(z.looseObject({ at: z.number(), tookMs: z.number() })),
  lastEvents: z.array(z.looseObject({ line: z.string() })),
  told: z.number(),
});

/** The records of a home, a file each. */
export interface SensorRecords {
  /** A fresh one where there is none, or where it cannot be read: what was told may then be told again. */
  read(name: string): SensorRecord;
  write(name: string, record: SensorRecord): void;
  /** The file in which a program of the owner finds what it left there; a copy of it goes to each run. */
  stateFile(name: string): string;
  /** Takes over what a run has left; false where it is too large. */
  keepState(name: string, from: string): boolean;
  forget(name: string): void;
  /** Removes what is left of sensors other than these and was last written before `before`, epoch milliseconds. */
  prune(known: ReadonlySet<string>, before: number): void;
}

const maxRecordBytes = 4 * 1024 * 1024;
const maxStateBytes = 64 * 1024;

/** See `SensorRecords`. Names come from `sensorName`, so they lead nowhere else. */
export function createSensorRecords(folder: string): SensorRecords {
  const fileOf = (name: string): string => join(folder, `${name}.json`);
  const stateFile = (name: string): string => join(folder, `${name}.state`);
  const ensure = (): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    read(name) {
      try {
        if (statSync(fileOf(name)).size > maxRecordBytes) return freshRecord();
        const read = recordSchema.safeParse(JSON.parse(readFileSync(fileOf(name), 'utf8')));
        return read.success ? { ...freshRecord(), ...(read.data as unknown as SensorRecord) } : freshRecord();
      } catch {
        return freshRecord();
      }
    },
    write(name, record) {
      ensure();
      writeWhole(fileOf(name), JSON.stringify(record));
    },
    stateFile,
    keepState(name, from) {
      if (!existsSync(from)) return true;
      if (statSync(from).size > maxStateBytes) return false;
      ensure();
      renameSync(from, stateFile(name));
      return true;
    },
    prune(known, before) {
      for (const file of readdirSync(folder)) {
        if (known.has(file.replace(/\.(?:json|state)$/, ''))) continue;
        const found = statSync(join(folder, file), { throwIfNoEntry: false });
        if (found !== undefined && found.mtimeMs < before) rmSync(join(folder, file), { force: true });
      }
    },
    forget(name) {
      rmSync(fileOf(name), { force: true });
      rmSync(stateFile(name), { force: true });
    },
  };
}

function freshRecord(): SensorRecord {
  return {
    id: randomUUID(),
    standings: {},
    trouble: null,
    runs: [],
    lastEvents: [],
    told: 0,
    quietRuns: 0,
    spokenRuns: 0,
    silenceTold: false,
    hour: { since: 0, events: 0 },
  };
}
