import type { DaemonBus } from './bus.ts';
import type { HomePaths } from './lib/config/paths.ts';
import type { Counters } from './lib/counters.ts';
import { createIntake, type Intake } from './lib/journal/intake.ts';
import { type Journal, openJournal } from './lib/journal/journal.ts';
import { loadSplice } from './lib/journal/splice.ts';
import type { Logger } from './lib/log.ts';
import { createMailbox, type Mailbox } from './lib/mailbox/mailbox.ts';
import { createAcceptance, type Acceptance } from './lib/wire/acceptance.ts';
import { createRejections } from './lib/wire/rejections.ts';
import type { LiveSettings } from './settings.ts';

interface WayInDeps {
  paths: HomePaths;
  settings: LiveSettings;
  log: Logger;
  bus: DaemonBus;
  counters: Counters;
}

/** What lines pass on their way from the pipe to the router. */
export interface WayIn {
  acceptance: Acceptance;
  journal: Journal;
  intake: Intake;
  mailbox: Mailbox;
}

/** Opens the journal and the mailbox, and puts back what was read and perhaps not recorded when the daemon last ended. */
export function openWayIn({ paths, settings, log, bus, counters }: WayInDeps): WayIn {
  const rejections = createRejections({ counters, log, bus });
  const acceptance = createAcceptance((dedupKey) => bus.emit('event.accepted', { dedupKey }));
  const splice = loadSplice();
  if (splice === undefined)
    log.warn('no splice(2) here: a kill -9 in the instant between read and write may lose a line');
  const journal = openJournal({
    dir: paths.journal,
    segmentBytes: settings.get('journal.segmentBytes'),
    splice,
    onProblem: (problem) => log.warn(problem),
  });
  let isReplaying = true;
  const intake = createIntake({
    journal,
    coalesces: (category) => settings.get('mailbox.coalesce').includes(category),
    // The journal is read anew at each start: what it refuses was refused, counted and logged in a life before.
    onRejected: (line) => {
      if (!isReplaying) rejections.reject(line);
    },
    onLowered: (source) => {
      if (!isReplaying) rejections.lower(source);
    },
    wantsDedupKeys: () => acceptance.isAnyoneWaiting(),
    onDedupKey: (keyOrMark, endPosition) => acceptance.recordAccepted(keyOrMark, endPosition),
  });
  const mailbox = createMailbox({
    capacity: settings.get('mailbox.capacity'),
    ageingMs: () => settings.get('mailbox.ageingMs'),
  });
  const replayed = replay(journal, intake, mailbox);
  isReplaying = false;
  if (replayed > 0) log.info({ lines: replayed }, 'took up the lines that the journal still held');
  return { acceptance, journal, intake, mailbox };
}

/** Lines that were read but perhaps not recorded when the daemon last ended. */
function replay(journal: Journal, intake: Intake, mailbox: Mailbox): number {
  let lines = 0;
  for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
    for (let index = 0; index < batch.count; index += 1)
      journal.addPending(batch.position[index] as number, 1);
    mailbox.offer(batch, Date.now());
    lines += batch.count;
  }
  intake.resume();
  return lines;
}
