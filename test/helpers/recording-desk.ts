import { type BusFacts, createBus } from '../../src/bus.ts';
import { type RecordDeps, recordRouted } from '../../src/events/router/record-routed.ts';
import type { Reflex } from '../../src/lib/reflexes/reflex.ts';
import { compileRules } from '../../src/reflexes.ts';
import { type RoutedEvent, routeMail } from '../../src/events/router/routed-event.ts';
import type { RuleInput } from '../../src/events/router/rule.ts';
import { createEventIds } from '../../src/events/rows/register-journal.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import type { Statement, Store } from '../../src/lib/store/store.ts';
import { type JournalRig, journalRig } from './journal-rig.ts';
import { tempDir } from './temp-dir.ts';

/** Routed events between a real journal and a real database, whose line can be cut. */
export interface RecordingDesk {
  rig: JournalRig;
  spoolDir: string;
  /** The names of the statements sent, in order. */
  statements: (string | undefined)[];
  facts: BusFacts['event.routed'][];
  /** What was told of the journal. */
  problems: string[];
  /** Fails statements: called before (`sent` false) and after each. */
  outage: { when: (statement: Statement, sent: boolean) => boolean };
  /** Takes lines in and routes them. */
  route: (lines: readonly string[], rules?: RuleInput[]) => RoutedEvent[];
  record: (events: readonly RoutedEvent[], changes?: Partial<RecordDeps>) => ReturnType<typeof recordRouted>;
}

export interface RecordingOptions {
  store: Store;
  /** The time at which all is recorded. */
  now: number;
  reflexes?: Record<string, Reflex>;
  /** The folder of the journal; the same again is the same journal after a restart. */
  dir?: string;
}

/** See `RecordingDesk`. */
export function recordingDesk({ store: real, now, reflexes = {}, dir }: RecordingOptions): RecordingDesk {
  const rig = journalRig(dir);
  const statements: RecordingDesk['statements'] = [];
  const outage: RecordingDesk['outage'] = { when: () => false };
  const cut = (): never => {
    throw new StoreAwayError('the line is cut');
  };
  const store: Store = {
    query: async (statement) => {
      statements.push(statement.name);
      if (outage.when(statement, false)) cut();
      const result = await real.query(statement);
      if (outage.when(statement, true)) cut();
      return result as never;
    },
    transaction: (work) => real.transaction(work),
  };
  const facts: RecordingDesk['facts'] = [];
  const problems: string[] = [];
  const bus = createBus((thrown) => {
    throw thrown;
  });
  bus.on('event.routed', (fact) => facts.push(fact));
  const spoolDir = tempDir();
  const deps: RecordDeps = {
    store,
    journal: rig.journal,
    ids: createEventIds(
      store,
      {
        uuid: rig.journal.uuid,
        replayEnd: rig.journal.endPosition(),
        onProblem: (problem) => problems.push(problem),
      },
      () => now,
    ),
    reflexes: {
      record: () => ({}),
      note: ({ event }) => ({ note: { content: event.text, kind: 'note', trust: 'local' } }),
      ...reflexes,
    },
    bus,
    spoolDir,
    rules: () => compileRules(),
    replayEnd: 0,
    now: () => now,
  };
  return {
    rig,
    spoolDir,
    statements,
    facts,
    problems,
    outage,
    route: (lines, rules = []) => routeMail(rig.journal, rig.accept(lines, now), compileRules(rules), 0),
    record: (events, changes = {}) => recordRouted(events, { ...deps, ...changes }),
  };
}
