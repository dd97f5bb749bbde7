/**
 * The states of a wish:
 *
 *     proposed ─approve→ approved ─begin→ drafting ─→ drafted ─apply→ applied ─→ kept | unkept
 *         │                 ↑  ↑             ├─→ blocked │ ├─reject→ declined
 *         └─reject→ rejected┘  └── approve ──┴─→ failed  │ ├─→ stale
 *                              └──────────── redraft ────┘
 *
 * `kept` and `unkept` say whether it kept its promise.
 */
export const wishStates = [
  'proposed',
  'approved',
  'rejected',
  'drafting',
  'drafted',
  'blocked',
  'failed',
  'applied',
  'declined',
  'stale',
  'kept',
  'unkept',
] as const;
export type WishState = (typeof wishStates)[number];

/** What the owner may decide. `reopen` takes an approval or a no back; `redraft` wants another version. */
export const wishDecisions = ['approve', 'reject', 'reopen', 'redraft'] as const;
export type WishDecision = (typeof wishDecisions)[number];

/** All by which a wish goes from one state to another. */
export type WishMove =
  WishDecision | 'begin' | 'finish' | 'block' | 'fail' | 'interrupt' | 'outdate' | 'apply' | 'keep' | 'break';

type Targets = Readonly<Partial<Record<WishState, WishState>>>;

/** Where each move leads, by the state that it starts from; from every other state there is no such move. */
export const wishMoves: Readonly<Record<WishMove, Targets>> = {
  approve: from('approved', 'proposed', 'rejected', 'blocked', 'failed', 'declined', 'stale'),
  reject: {
    ...from('rejected', 'proposed', 'approved', 'drafting', 'blocked', 'failed', 'stale'),
    drafted: 'declined',
  },
  reopen: { approved: 'proposed', rejected: 'proposed', declined: 'drafted' },
  redraft: { drafted: 'approved' },
  begin: { approved: 'drafting' },
  finish: { drafting: 'drafted' },
  block: { drafting: 'blocked' },
  fail: { drafting: 'failed' },
  interrupt: { drafting: 'approved' },
  outdate: { drafted: 'stale' },
  apply: { drafted: 'applied' },
  keep: from('kept', 'applied', 'kept', 'unkept'),
  break: from('unkept', 'applied', 'kept', 'unkept'),
};

/** Where a move leads; undefined where the state does not allow it. */
export function stateAfter(move: WishMove, state: WishState): WishState | undefined {
  return wishMoves[move][state];
}

/** States in which a wish is over; another one of its title may be open beside it. */
export const endedStates: readonly WishState[] = ['rejected', 'declined', 'applied', 'kept', 'unkept'];

function from(to: WishState, ...states: readonly WishState[]): Targets {
  return Object.fromEntries(states.map((state) => [state, to]));
}
