import type { LiveSettings } from '../lib/config/live-settings.ts';
import { messageOf, StoreAwayError } from '../lib/errors.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import { withoutSecrets } from '../lib/secrets/secret-patterns.ts';
import type { Store } from '../lib/store/store.ts';
import { MINUTE } from '../lib/time.ts';
import { clearAlert, raiseAlert } from './alert-file.ts';
import { push, type Push } from './push.ts';
import type { AlertValues } from './settings.ts';
import { listUnseen, noteAlarmed, type UnseenNotice } from '../notices/unseen.ts';

export interface AlarmDeps {
  settings: Pick<LiveSettings<AlertValues>, 'get'>;
  store: Store;
  /** The alert file of the home. */
  alertFile: string;
  programs: ProgramRunner;
  env: Readonly<Record<string, string>>;
  home: string;
  now: () => Date;
  /** A way failed; the others were tried all the same. */
  report: (problem: string) => void;
}

const commandMs = 30_000;
/** Pause after a look at which nobody could be told. */
const retryMs = 5 * MINUTE;
/** ntfy takes a longer text for a file, and a system for no word of a program at all. */
const mostChars = 1_000;

/**
 * A look at what is urgent and was not seen, to be made again and again: notices that have waited too long, and a database that is
 * away for as long. They stand in the alert file until they are seen or over, and are told once by `alarm.url` and `alarm.command`.
 */
export function createAlarm(deps: AlarmDeps): (signal: AbortSignal) => Promise<void> {
  let awaySince: number | undefined;
  let isAwayTold = false;
  let retryAt = 0;
  /** Told by this process; on a full disk the store may not take down that they were. */
  const told = new Set<number>();

  const looks = async (signal: AbortSignal, afterMs: number): Promise<void> => {
    const now = deps.now();
    const origins = deps.settings.get('alarm.origins');
    const unseen = await listUnseen(deps.store, { origins, before: new Date(now.getTime() - afterMs) });
    awaySince = undefined;
    isAwayTold = false;
    atFile(deps, () => {
      clearAlert(deps.alertFile, 'database');
      stand(deps, unseen);
    });
    const untold = unseen.filter(({ isAlarmed }) => !isAlarmed);
    const fresh = untold.filter(({ id }) => !told.has(id));
    if (fresh.length > 0 && now.getTime() >= retryAt) {
      const message = { title: titleOf(fresh), text: textOf(fresh) };
      if (await tell(deps, message, signal)) for (const { id } of fresh) told.add(id);
      else retryAt = now.getTime() + retryMs;
    }
    const toNote = untold.map(({ id }) => id).filter((id) => told.has(id));
    if (toNote.length === 0) return;
    await noteAlarmed(deps.store, toNote, deps.now());
    for (const id of toNote) told.delete(id);
  };

  return async (signal) => {
    const minutes = deps.settings.get('alarm.afterMinutes');
    if (minutes === null) return;
    try {
      await looks(signal, minutes * MINUTE);
    } catch (thrown) {
      if (!(thrown instanceof StoreAwayError)) throw thrown;
      const now = deps.now().getTime();
      awaySince ??= now;
      if (now - awaySince < minutes * MINUTE || now < retryAt || isAwayTold) return;
      const text = `the database is away (${messageOf(thrown)}): events are kept, and nothing is done; ninjad status says why`;
      const since = awaySince;
      atFile(deps, () => raiseAlert(deps.alertFile, { name: 'database', since, text }));
      isAwayTold = await tell(deps, { title: 'ninjad: database', text }, signal);
      retryAt = isAwayTold ? 0 : now + retryMs;
    }
  };
}

/** The alert file may lie on the very disk that is full, which is no reason to tell nobody. */
function atFile({ report }: AlarmDeps, write: () => void): void {
  try {
    write();
  } catch (thrown) {
    report(`the alert file could not be written: ${messageOf(thrown)}`);
  }
}

/** What has waited too long stands in the file as long as it waits. */
function stand({ alertFile }: AlarmDeps, unseen: readonly UnseenNotice[]): void {
  const oldest = [...unseen].sort((a, b) => a.at.getTime() - b.at.getTime())[0];
  if (oldest === undefined) {
    clearAlert(alertFile, 'unseen');
    return;
  }
  const more = unseen.length > 1 ? ` (and ${unseen.length - 1} more: ninjad notices)` : '';
  raiseAlert(alertFile, { name: 'unseen', since: oldest.at.getTime(), text: `${oldest.text}${more}` });
}

function titleOf(notices: readonly UnseenNotice[]): string {
  return `ninjad: ${[...new Set(notices.map(({ origin }) => origin))].join(', ')}`;
}

function textOf(notices: readonly UnseenNotice[]): string {
  const text = notices.map((notice) => notice.text).join('\n');
  return text.length <= mostChars ? text : `${text.slice(0, mostChars)}… (ninjad notices has all of it)`;
}

/** Resolves to whether one way at least has taken it, or there is none. */
async function tell(deps: AlarmDeps, message: Push, signal: AbortSignal): Promise<boolean> {
  const url = deps.settings.get('alarm.url');
  const command = deps.settings.get('alarm.command');
  const problems = await Promise.all([
    ...(url === null ? [] : [push(url, message)]),
    ...(command === null ? [] : [runCommand(deps, command, message, signal)]),
  ]);
  for (const problem of problems) if (problem !== undefined) deps.report(problem);
  return problems.length === 0 || problems.includes(undefined);
}

async function runCommand(
  { programs, env, home }: AlarmDeps,
  line: readonly string[],
  { title, text }: Push,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [command = '', ...args] = line.map((word) =>
    // A function, since the text may have what `replaceAll` takes for a pattern.
    word.replaceAll('{title}', () => title).replaceAll('{text}', () => text),
  );
  const ended = await programs.run(
    {
      command,
      args,
      cwd: home,
      env: { ...env, NINJAD_TITLE: title, NINJAD_TEXT: text },
      timeoutMs: commandMs,
    },
    signal,
  );
  if (ended.problem !== null) return `alarm.command: ${ended.problem}`;
  if (ended.code === 0) return undefined;
  return `alarm.command ended with ${String(ended.code)}: ${withoutSecrets(ended.stderr.toString('utf8').trim()).slice(-500)}`;
}
