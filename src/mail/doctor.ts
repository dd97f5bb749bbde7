import { type CheckResult, fail, ok, warn } from '../lib/doctor/check-result.ts';
import { type Checks, settingOf, type Subject } from '../lib/doctor/subject.ts';
import { accountsOf, keyOf, type MailValues } from './account.ts';
import type { FolderView } from './operations.ts';
import { type Trial, tryAccount } from './try-account.ts';

interface MailSubject extends Subject<unknown, MailValues> {
  /** The running daemon, as far as it is asked how the folders are. */
  client: {
    ask(
      name: 'mail.list',
      input: object,
    ): Promise<Pick<FolderView, 'name' | 'folder' | 'state' | 'reason'>[]>;
  };
}

/** Checks of mail. */
export const mailChecks: Checks<MailSubject> = { mail: checkMail };

const commandMs = 10_000;

interface Found {
  place: string;
  state: string;
  reason: string | null;
}

/** How each watched folder is; where no daemon runs, each is tried by a connection of its own. */
export async function checkMail(subject: MailSubject): Promise<CheckResult> {
  const url = settingOf<MailValues, 'mail.url'>(subject, 'mail.url', null);
  const token = settingOf<MailValues, 'mail.tokenCommand'>(subject, 'mail.tokenCommand', null);
  const listed = settingOf<MailValues, 'mail.accounts'>(subject, 'mail.accounts', []);
  const values = { 'mail.url': url, 'mail.tokenCommand': token, 'mail.accounts': listed };
  const accounts = accountsOf((key) => values[key]);
  if (accounts.length === 0) return ok('not set up');
  const found = (await stateOfRunning(subject)) ?? (await tried(accounts, subject));
  const troubled = found.filter(
    ({ state }) => !['watching', 'open', 'disabled', 'connecting'].includes(state),
  );
  if (troubled.length === 0) return ok(found.map(({ place, state }) => `${place} ${state}`).join(', '));
  const said = troubled
    .map(({ place, state, reason }) => `${place} is ${state}: ${reason ?? 'nobody knows why'}`)
    .join('; ');
  const report = troubled.some(({ state }) => state === 'unauthorised' || state === 'parked') ? fail : warn;
  return report(said, 'a folder that can be read', adviceFor(troubled));
}

async function stateOfRunning({ daemon, client }: MailSubject): Promise<Found[] | undefined> {
  if (daemon.state !== 'running') return undefined;
  const folders = await client.ask('mail.list', {}).catch(() => undefined);
  return folders?.map(({ name, folder, state, reason }) => ({ place: keyOf(name, folder), state, reason }));
}

async function tried(accounts: ReturnType<typeof accountsOf>, { env }: MailSubject): Promise<Found[]> {
  const trials = await Promise.all(accounts.map((account) => tryAccount(account, { env, commandMs })));
  return trials.flat().map((trial: Trial) => ({
    place: keyOf(trial.name, trial.folder),
    state: trial.state,
    reason: 'reason' in trial ? trial.reason : null,
  }));
}

/** The first trouble that the owner can end. */
function adviceFor(troubled: readonly Found[]): string {
  const reasons = troubled.map(({ reason }) => reason ?? '').join('\n');
  if (reasons.includes('basic authentication is disabled'))
    return 'set tokenCommand (IMAP_TOKEN_COMMAND for IMAP_URL) to a program that prints an XOAUTH2 token';
  if (/wrong (?:password|token)|password is empty|gives none/.test(reasons))
    return 'mend the password or token in the settings; many providers want one made for this application';
  if (reasons.includes('too many connections')) return 'watch fewer folders, or end other mail programs';
  if (reasons.includes('throttled')) return 'wait: it is tried again by itself, less and less often';
  return 'ninjad mail test says more';
}
