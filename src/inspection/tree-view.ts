/** A live actor. */
export interface ActorView {
  /** Where it is, such as `root/tree/tasks/task.42`; the parent's path is what stands before the last `/`. */
  path: string;
  id: string;
  /** `work` is a promise, a callback or an observable: it has no states to show. */
  kind: 'machine' | 'work';
  /** The machine's id; the root of the drawing, see `MachineView`. */
  machine: string | null;
  /** XState's status: `active`, `done`, `error`, `stopped`. */
  status: string;
  /** State paths such as `ready.idle`; empty where it is no machine. */
  states: string[];
  /** Epoch milliseconds since when it is in these states; 0 where nobody watched then. */
  since: number;
  /** Of a supervised child: the supervisor's word, and its restarts against the intensity budget. */
  supervised: {
    state: string;
    restart: string;
    restarts: number;
    budget: number;
    lastError: string | null;
  } | null;
}

/** The whole tree, parents before their children. `truncated` actors were left out to bound the answer. */
export interface TreeView {
  at: number;
  actors: ActorView[];
  truncated: number;
}

/** One event that an actor took. */
export interface Transition {
  /** Rises by one for each; a gap says that some were left out. */
  seq: number;
  at: number;
  path: string;
  event: string;
  /** Where the event came from, if from another actor. */
  from: string | null;
  /** States before and after; equal where the event changed nothing. */
  before: string[];
  after: string[];
}

/** What happened in the tree since the last such message. */
export interface TreeChange {
  /** Actors that are new or changed their states. */
  changed: ActorView[];
  /** Paths of those that are gone. */
  gone: string[];
  transitions: Transition[];
  /** Transitions that were left out. */
  omitted: number;
}

/** A state of a machine's drawing. */
export interface StateView {
  /** Such as `ready.idle`; the machine itself is the empty path. */
  path: string;
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  initial: string | null;
  invokes: string[];
}

/** An arrow of a machine's drawing. */
export interface ArrowView {
  from: string;
  /** Null where it stays where it is. */
  to: string | null;
  event: string;
  guard: string | null;
}

/** One actor from inside. */
export interface ActorPage {
  actor: ActorView;
  /** Its machine to draw, null for other logic. */
  machine: { id: string; states: StateView[]; arrows: ArrowView[] } | null;
  /** Its context, with secrets taken out, cut in depth, length and size. */
  context: unknown;
  /** Its last transitions while somebody watched, newest first. */
  transitions: Transition[];
}

/** The tree's feed: it costs nothing unless somebody follows it. */
export interface TreeWatch {
  /** Begins to listen; `pending` is called when there is something to take. */
  start(pending: () => void): void;
  stop(): void;
  /** What happened since the last time, or undefined. */
  take(): TreeChange | undefined;
}
