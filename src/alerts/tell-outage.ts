import { messageOf } from '../lib/errors.ts';
import { clearAlert, raiseAlert } from './alert-file.ts';
import { push } from './push.ts';

/** Ways that do not need the one that is down. */
export interface AlertDeps {
  /** The alert file of the home. */
  alertFile: string;
  notifyUrl: () => string | null;
  /** Keeps the text in the store for every channel but the one that is down. */
  keepNews: (text: string) => Promise<unknown>;
  /** What was kept no longer holds. */
  settleNews: () => Promise<void>;
  /** A way failed; the others were tried all the same. */
  report: (problem: string) => void;
}

/** What the owner is told. */
export interface Outage {
  /** The channel that is down. */
  channel: string;
  /** Epoch milliseconds. */
  since: number;
  text: string;
}

/** Tells the owner by file, by the store and by `alarm.url` that a way to them is down. Never rejects. */
export async function tellOutage(deps: AlertDeps, { channel, since, text }: Outage): Promise<void> {
  const url = deps.notifyUrl();
  await Promise.all([
    attempt(deps, 'the alert file', () => raiseAlert(deps.alertFile, { name: channel, since, text })),
    attempt(deps, 'the news in the store', () => deps.keepNews(text)),
    ...(url === null
      ? []
      : [
          push(url, { title: `ninjad: ${channel}`, text }).then((problem) => {
            if (problem !== undefined) deps.report(problem);
          }),
        ]),
  ]);
}

/** The way works again: what was told of it no longer holds. Never rejects. */
export async function endOutage(deps: AlertDeps, channel: string): Promise<void> {
  await attempt(deps, 'the alert file', () => clearAlert(deps.alertFile, channel));
  await attempt(deps, 'the news in the store', () => deps.settleNews());
}

async function attempt({ report }: AlertDeps, what: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    report(`${what} could not be written: ${messageOf(thrown)}`);
  }
}
