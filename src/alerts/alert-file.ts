import { readFileSync, rmSync } from 'node:fs';
import { writeWhole } from '../lib/write-whole.ts';

/** One thing that the owner cannot be told by the way that is down. */
export interface Alert {
  /** Names the thing, such as `discord`: a later alert of the same name takes its place. */
  name: string;
  /** Epoch milliseconds. */
  since: number;
  /** One sentence or two. */
  text: string;
}

/** The most that is read of the file, in characters. */
const maxChars = 20_000;
const maxTextChars = 1_000;

/** The alerts of a home, which stand in a file so that they can be read without a daemon. Unreadable lines are left out. */
export function readAlerts(path: string): Alert[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').slice(0, maxChars);
  } catch {
    return [];
  }
  return content.split('\n').flatMap((line) => alertOf(line) ?? []);
}

/** Keeps an alert in the file. Throws what the file system says. */
export function raiseAlert(path: string, { name, since, text }: Alert): void {
  const alert = { name, since, text: text.replace(/\s+/g, ' ').slice(0, maxTextChars) };
  write(path, [...readAlerts(path).filter((other) => other.name !== name), alert]);
}

/** Takes an alert out of the file, and removes a file that holds none; one that is not there is fine. */
export function clearAlert(path: string, name: string): void {
  const before = readAlerts(path);
  const left = before.filter((alert) => alert.name !== name);
  if (left.length === before.length) return;
  if (left.length === 0) rmSync(path, { force: true });
  else write(path, left);
}

function write(path: string, alerts: readonly Alert[]): void {
  writeWhole(
    path,
    alerts.map(({ name, since, text }) => `${new Date(since).toISOString()} ${name}: ${text}\n`).join(''),
  );
}

function alertOf(line: string): Alert | undefined {
  const [, at = '', name, text] = /^(\S+) ([a-z][a-z0-9-]{0,31}): (.+)$/.exec(line) ?? [];
  const since = Date.parse(at);
  return name === undefined || text === undefined || Number.isNaN(since) ? undefined : { name, since, text };
}
