import type { AnyActorLogic, InputFrom } from 'xstate';

/**
 * OTP's restart types: `permanent` always comes back, `transient` only after an abnormal exit,
 * `temporary` never (and so never spends the restart budget).
 */
export type Restart = 'permanent' | 'transient' | 'temporary';

/**
 * Who is restarted with a crashed child: nobody (`one-for-one`), those started after it
 * (`rest-for-one`), everybody (`one-for-all`).
 */
export type Strategy = 'one-for-one' | 'rest-for-one' | 'one-for-all';

/** One child as data. The array of specs reads top to bottom in start order. */
export interface ChildSpec {
  /** Unique in the whole actor system: it is the child's actor id and its `systemId`, kept across restarts. */
  id: string;
  logic: AnyActorLogic;
  /** The logic's input. A function is called anew at every start; if it throws, that start has failed. */
  input?: unknown;
  restart: Restart;
  /** How long the child may take to end after `child.stop`, in milliseconds; `brutal` stops it without asking. */
  shutdownMs: number | 'brutal';
  /**
   * With it, the child counts as up only when it has sent `child.ready`, and a start that takes longer than
   * this many milliseconds has failed. Without it, a child is up as soon as its start has returned.
   */
  readyMs?: number;
}

/** More than `restarts` restarts within `periodMs` milliseconds and the supervisor gives up. */
export interface Intensity {
  restarts: number;
  periodMs: number;
}

/**
 * The wait before a child's n-th restart in a row: `minMs * factor^(n-1)`, at most `maxMs`, of which a random
 * share of up to `jitter` (0 to 1) is taken off. A child that stays up for the intensity's period starts anew.
 */
export interface Backoff {
  minMs: number;
  maxMs: number;
  factor: number;
  jitter: number;
}

/** Input of a supervisor. Only `children` is required. */
export interface SupervisorInput {
  children: readonly ChildSpec[];
  /** Default `one-for-one`. */
  strategy?: Strategy;
  /** Default 5 restarts in a minute. Choose the period longer than the backoffs that have to fit in. */
  intensity?: Intensity;
  /** Default 100 ms doubling to 30 s, jitter 0.2. */
  backoff?: Backoff;
  /** Source of the jitter, in [0, 1). Default `Math.random`. */
  random?: () => number;
  /** Wall clock of the description, in epoch milliseconds. Default `Date.now`. No decision depends on it. */
  now?: () => number;
}

/** The input with every default filled in. */
export type SupervisorSettings = Required<Omit<SupervisorInput, 'children'>>;

const DEFAULT_INTENSITY: Intensity = { restarts: 5, periodMs: 60_000 };
const DEFAULT_BACKOFF: Backoff = { minMs: 100, maxMs: 30_000, factor: 2, jitter: 0.2 };
/** Longest wait of a 32-bit timer: past it, Node fires after one millisecond. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;
const LONGEST_ERROR_CHARS = 500;

/** A child spec whose input is checked against its logic by the compiler. */
export function childSpec<Logic extends AnyActorLogic>(
  spec: Omit<ChildSpec, 'logic' | 'input'> & {
    logic: Logic;
    input?: InputFrom<Logic> | (() => InputFrom<Logic>);
  },
): ChildSpec {
  return spec;
}

/** Fills in the defaults; throws a RangeError that names the first setting that cannot work. */
export function settingsOf(input: SupervisorInput): SupervisorSettings {
  const { strategy = 'one-for-one', intensity = DEFAULT_INTENSITY, backoff = DEFAULT_BACKOFF } = input;
  check(
    Number.isInteger(intensity.restarts) && intensity.restarts >= 0,
    'intensity.restarts',
    intensity.restarts,
  );
  requireDelay('intensity.periodMs', intensity.periodMs);
  requireDelay('backoff.minMs', backoff.minMs);
  requireDelay('backoff.maxMs', backoff.maxMs);
  check(backoff.factor >= 1 && Number.isFinite(backoff.factor), 'backoff.factor', backoff.factor);
  check(backoff.jitter >= 0 && backoff.jitter <= 1, 'backoff.jitter', backoff.jitter);
  const ids = new Set<string>();
  for (const spec of input.children) {
    const problem =
      specProblem(spec) ?? (ids.has(spec.id) ? 'its id is taken by an earlier child' : undefined);
    if (problem !== undefined)
      throw new RangeError(`supervisor: child "${spec.id}" cannot be used: ${problem}`);
    ids.add(spec.id);
  }
  return { strategy, intensity, backoff, random: input.random ?? Math.random, now: input.now ?? Date.now };
}

/** The reason why a spec cannot be used, or undefined when it can. */
export function specProblem(spec: ChildSpec): string | undefined {
  if (spec.id === '') return 'its id is empty';
  if (spec.shutdownMs !== 'brutal' && !isDelay(spec.shutdownMs))
    return delayProblem('shutdownMs', spec.shutdownMs);
  if (spec.readyMs !== undefined && !isDelay(spec.readyMs)) return delayProblem('readyMs', spec.readyMs);
  return undefined;
}

/** The wait before the restart that follows `failures` earlier ones in a row, in whole milliseconds. */
export function backoffMs(
  failures: number,
  { minMs, maxMs, factor, jitter }: Backoff,
  random: () => number,
): number {
  // The exponent is bounded because 0 * Infinity is NaN.
  const full = Math.min(maxMs, minMs * factor ** Math.min(failures, 64));
  return Math.round(full * (1 - jitter * random()));
}

/** The text of anything thrown, cut to a bounded length. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown).slice(0, LONGEST_ERROR_CHARS);
  } catch {
    // Anything can be thrown, even an object that cannot be made a string.
    return 'an error without a text';
  }
}

function isDelay(ms: number): boolean {
  return ms >= 0 && ms <= LONGEST_DELAY_MS;
}

function delayProblem(name: string, value: number): string {
  return `${name} must be 0 to ${LONGEST_DELAY_MS} milliseconds, not ${value}`;
}

function requireDelay(name: string, value: number): void {
  if (!isDelay(value)) throw new RangeError(`supervisor: ${delayProblem(name, value)}`);
}

function check(holds: boolean, name: string, value: number): void {
  if (!holds) throw new RangeError(`supervisor: ${name} cannot be ${value}`);
}
