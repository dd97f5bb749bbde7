import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Finding, type LookContext, type News, sensorKind } from '../look.ts';
import { whyUnreachable } from '../mounts.ts';
import { paths } from './fields.ts';

const settings = z.strictObject({
  path: paths.describe('Files and folders; a folder with all that is in it'),
  ignore: z
    .array(z.string().min(1).max(255))
    .max(100)
    .default([])
    .describe('Names that do not count, such as `.git`'),
});

/** What is remembered of one path: by name what a look at each file showed, or only a hash where there are many. */
interface Shape {
  entries: Record<string, string> | null;
  hash: string;
  count: number;
}

type Memory = Record<string, Shape>;

/** Entries of one path that are looked at, and those whose names are remembered. */
const maxEntries = 20_000;
const maxNamed = 1_000;
const maxToldNames = 8;

/** Files and folders that change: size, time, mode or owner, and what comes and goes. */
export const files = sensorKind<z.output<typeof settings>, Memory>({
  kind: 'files',
  says: 'changes of files and folders',
  everyMs: MINUTE,
  timeoutMs: 60 * SECOND,
  settings,
  async look(given, context, before) {
    const findings: Finding[] = [];
    const news: News[] = [];
    const memory = new Map<string, Shape>();
    for (const path of given.path) {
      const known = ownValue(before.memory ?? {}, path);
      const shape = await shapeOf(path, given.ignore, context);
      if ('unknown' in shape) {
        findings.push({ subject: path, level: 'unknown', text: shape.unknown });
        if (known !== undefined) memory.set(path, known);
        continue;
      }
      memory.set(path, shape);
      findings.push({ subject: path, level: 'ok', value: shape.count, text: describe(path, shape) });
      if (known !== undefined && known.hash !== shape.hash) news.push(changeOf(path, known, shape));
    }
    return { findings, news, memory: Object.fromEntries(memory) };
  },
});

async function shapeOf(
  path: string,
  ignore: readonly string[],
  context: LookContext,
): Promise<Shape | { unknown: string }> {
  const unreachable = await whyUnreachable(path, context);
  if (unreachable !== undefined) return { unknown: unreachable };
  const entries = new Map<string, string>();
  const waiting = [''];
  let count = 0;
  try {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      context.signal.throwIfAborted();
      const full = name === '' ? path : join(path, name);
      const found = await lstat(full).catch((thrown: unknown) => {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw thrown;
      });
      if (found === undefined) continue;
      count += 1;
      if (count > maxEntries) return { unknown: `more than ${maxEntries} entries` };
      const size = found.isDirectory() ? 'dir' : found.size;
      const time = found.isDirectory() ? '' : found.mtimeMs;
      entries.set(name, [size, time, found.mode, found.uid, found.gid].join(' '));
      if (!found.isDirectory()) continue;
      const inside = (await readdir(full)).filter((each) => !ignore.includes(each));
      waiting.push(...inside.map((each) => (name === '' ? each : `${name}/${each}`)));
    }
  } catch (thrown) {
    return { unknown: messageOf(thrown) };
  }
  const names = [...entries.keys()].sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\0${entries.get(name) ?? ''}\0`);
  return { entries: count > maxNamed ? null : Object.fromEntries(entries), hash: hash.digest('hex'), count };
}

function describe(path: string, { count }: Shape): string {
  return count === 0
    ? `${path} is not there`
    : count === 1
      ? `${path} is there`
      : `${path} has ${count - 1} entries`;
}

function changeOf(path: string, before: Shape, after: Shape): News {
  if (after.count === 0) return { subject: path, text: `${path} is gone`, facts: { change: 'gone' } };
  if (before.count === 0)
    return { subject: path, text: `${path} has appeared`, facts: { change: 'appeared' } };
  if (before.entries === null || after.entries === null)
    return { subject: path, text: `something in ${path} has changed`, facts: { change: 'changed' } };
  const [old, now] = [before.entries, after.entries];
  const added = Object.keys(now).filter((name) => ownValue(old, name) === undefined);
  const removed = Object.keys(old).filter((name) => ownValue(now, name) === undefined);
  const changed = Object.keys(now).filter(
    (name) => ![undefined, ownValue(now, name)].includes(ownValue(old, name)),
  );
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed],
  ] as const;
  const words = parts.flatMap(([verb, names]) => (names.length === 0 ? [] : [`${verb}: ${listed(names)}`]));
  const isItself = changed.length === 1 && changed[0] === '' && added.length + removed.length === 0;
  return {
    subject: path,
    text: isItself ? `${path} has changed` : `${path} has changed (${words.join('; ')})`,
    facts: {
      change: 'changed',
      added: added.slice(0, maxToldNames),
      removed: removed.slice(0, maxToldNames),
      changed: changed.slice(0, maxToldNames),
    },
  };
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, maxToldNames).map((name) => (name === '' ? 'itself' : name));
  return `${some.join(', ')}${names.length > maxToldNames ? `, and ${names.length - maxToldNames} more` : ''}`;
}
