import { constants, type Stats } from 'node:fs';
import { access, lstat, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { sensorName } from '../name.ts';
import { readHeader, scheduleOf } from '../schedule.ts';
import { readSidecar, type Sidecar } from './sidecar.ts';
import type { OwnSensor } from './own-sensor.ts';

/** Files that editors and package managers leave, and those that say something about others. */
const passedOver =
  /^\.|~$|^#.*#$|\.(?:json|md|txt|bak|orig|old|tmp|swp|swo|part|disabled|rej|rpmsave|rpmnew|dpkg-\w+)$/i;
const maxFiles = 200;
const headBytes = 4096;
const maxSidecarBytes = 64 * 1024;

/**
 * The owner's programs in a folder, by name, with what is wrong with each; none where there is no folder. Nothing is run and
 * no more of a file is read than its head.
 */
export async function scanOwnSensors(folder: string, taken: (name: string) => boolean): Promise<OwnSensor[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !passedOver.test(name)).sort();
  return Promise.all(names.slice(0, maxFiles).map((name) => look(folder, name, taken)));
}

async function look(folder: string, name: string, taken: (name: string) => boolean): Promise<OwnSensor> {
  const path = join(folder, name);
  const blank = blankSensor(name, path);
  const found = await statOf(path);
  const broken = (problem: string): OwnSensor => ({ ...blank, problem, isBroken: true });
  if (!sensorName.safeParse(name).success)
    return broken('its name has to be of letters, digits and ._:- (57 at most, a letter or digit first)');
  if ('problem' in found) return broken(found.problem);
  const { stats } = found;
  if (stats.isDirectory()) return broken('it is a folder');
  if (!stats.isFile()) return broken('it is no file');
  if (taken(name)) return broken('a sensor that ships has this name: rename the file');
  const sidecar = await sidecarOf(folder, name);
  const version = [stats.ino, stats.size, stats.mtimeMs, stats.mode, sidecar.version].join(' ');
  const known = { ...blank, version };
  const whyNot = await whyNotExecutable(path, stats, found.linked);
  if (whyNot !== null) return { ...known, problem: whyNot, isBroken: true };
  if ('problem' in sidecar) return { ...known, problem: sidecar.problem, isBroken: true };
  const head = await headOf(path);
  const header = head === undefined ? undefined : readHeader(head);
  const said = sidecar.said;
  const fromHeader = header === undefined || 'problem' in header ? undefined : header;
  const schedule = scheduleOf(said) ?? fromHeader?.schedule ?? null;
  return {
    ...known,
    schedule,
    problem: schedule === null ? whyUnscheduled(name, head, header) : null,
    timeoutMs: said.timeout ?? fromHeader?.timeoutMs ?? null,
    quiet: said.quiet ?? fromHeader?.quiet ?? false,
    priority: said.priority ?? blank.priority,
    category: said.category ?? blank.category,
    sources: said.sources ?? [],
    args: said.args ?? [],
  };
}

function blankSensor(name: string, path: string): OwnSensor {
  return {
    name,
    path,
    schedule: null,
    problem: null,
    isBroken: false,
    timeoutMs: null,
    quiet: false,
    priority: 'NORMAL',
    category: 'sensor',
    sources: [],
    args: [],
    version: '',
  };
}

async function statOf(path: string): Promise<{ stats: Stats; linked: boolean } | { problem: string }> {
  try {
    const linked = (await lstat(path)).isSymbolicLink();
    return { stats: await stat(path), linked };
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { problem: 'it is a link that leads nowhere' };
    return { problem: code === 'ELOOP' ? 'it is a link to itself' : messageOf(thrown) };
  }
}

/** What it leads to lies outside of the private home, so nobody else may be able to change it. */
async function whyNotExecutable(path: string, stats: Stats, linked: boolean): Promise<string | null> {
  if (linked) {
    const own = process.getuid?.();
    const target = await realpath(path);
    if (own !== undefined && ![own, 0].includes(stats.uid))
      return `it is a link to ${target}, which belongs to user ${stats.uid}`;
    if ((stats.mode & 0o002) !== 0) return `it is a link to ${target}, which everybody may change`;
  }
  // For root access(2) asks for any x bit at all, as exec does.
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isExecutable ? null : `it is not executable: chmod +x ${path}`;
}

type SidecarFile = { version: string; said: Sidecar } | { version: string; problem: string };

/** `NAME.json`; of `check.sh` also `check.json`. */
async function sidecarOf(folder: string, name: string): Promise<SidecarFile> {
  const stem = name.replace(/\.[^.]+$/, '');
  for (const file of new Set([`${name}.json`, `${stem}.json`])) {
    const path = join(folder, file);
    try {
      const { size, mtimeMs } = await stat(path);
      const version = `${size} ${mtimeMs}`;
      if (size > maxSidecarBytes)
        return { version, problem: `${file} is larger than ${maxSidecarBytes} bytes` };
      const said = readSidecar(await readFile(path, 'utf8'));
      return 'problem' in said ? { version, problem: `${file}: ${said.problem}` } : { version, said };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') continue;
      return { version: '', problem: `${file} cannot be read: ${messageOf(thrown)}` };
    }
  }
  return { version: '', said: {} };
}

async function headOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  try {
    const { bytesRead, buffer } = (await file?.read(Buffer.alloc(headBytes), 0, headBytes, 0)) ?? {};
    return buffer?.toString('latin1', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

function whyUnscheduled(
  name: string,
  head: string | undefined,
  header: ReturnType<typeof readHeader>,
): string {
  if (header !== undefined && 'problem' in header) return header.problem;
  const how = `${name}.json beside it with {"every": "5m"}`;
  if (head === undefined) return `it cannot be read, so its schedule has to stand in ${how}`;
  return `it has no schedule: a line "# ninjad: every 5m" among its first ten, or ${how}`;
}
