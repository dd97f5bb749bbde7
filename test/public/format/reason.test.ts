import { expect, it } from 'vitest';
import { reasonText } from '../../../public/js/format/reason.js';
import type { FailureKind } from '../../../src/tasks/run/outcome.ts';
import { withNextStep } from '../../../src/tasks/run/next-step.ts';

const kinds: Record<FailureKind, true> = {
  'not-found': true,
  'not-executable': true,
  unfit: true,
  crashed: true,
  'no-result': true,
  protocol: true,
  'stale-session': true,
  'not-logged-in': true,
  'out-of-credit': true,
  'rate-limited': true,
  overloaded: true,
  'invalid-request': true,
  'permission-denied': true,
  'max-turns': true,
  'over-budget': true,
  'agent-error': true,
  'timed-out': true,
  'no-output': true,
  'output-limit': true,
  'out-of-memory': true,
  cancelled: true,
  'asked-again': true,
  shutdown: true,
};

it.each(Object.keys(kinds) as FailureKind[])('a page says why and quotes no shell: %s', (kind) => {
  for (const state of ['failed', 'dead'] as const)
    for (const attempt of [1, 3]) {
      const { reason } = withNextStep(
        { kind, reason: 'it went wrong' },
        { taskId: 7, attempt, verdict: { state } },
      );
      const shown = reasonText(reason);
      expect(shown).toMatch(/^it went wrong/);
      expect(shown).not.toMatch(/--retry|--transcript|1 times|\.\.|[:,]\.$/);
    }
});

it('a page leaves every other reason as it is', () => {
  for (const reason of ['it was interrupted (twice)', 'see ninjad task 7 --retry', ''])
    expect(reasonText(reason)).toBe(reason);
});
