import type { Tx } from '../../lib/store/store.ts';

/** One thing that the owner decides, as its card shows it. */
export interface Subject {
  id: number;
  title: string;
  text: string;
  /** How it was decided, such as `approved`; null while it is open. */
  decided: string | null;
  decidedAt: Date | null;
  /** Changes with whatever the owner should see before they decide. */
  version: string;
}

/** One button. */
export interface Choice {
  /** `[a-z-]{1,16}`: part of the button's id. */
  name: string;
  label: string;
  tone: 'good' | 'bad' | 'plain';
  /** The operation by which every face decides so, and its input. */
  request: (id: number) => { operation: string; input: unknown };
}

/** A kind of decision that comes as a message with buttons: one line in `kinds.ts`. */
export interface DecisionKind {
  /** `[a-z]{1,12}`. */
  name: string;
  /** What the card is headed, such as `Wish`. */
  label: string;
  choices: readonly Choice[];
  /** What is open, the oldest first, `limit` at most. */
  open: (store: Tx, limit: number) => Promise<Subject[]>;
  find: (store: Tx, id: number) => Promise<Subject | undefined>;
  /** The lists (see `list.changed`) whose change may open or close one. */
  lists: readonly string[];
  /** SQL: the lines of the activity log that tell of decisions about the subject with the id `$1`. */
  acts: string;
}
