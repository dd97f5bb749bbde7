import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';

const settings = z.strictObject({
  count: z
    .int()
    .min(0)
    .max(100_000)
    .default(20)
    .describe('Pending updates of any kind from which on it is told; 0: never'),
  securityCount: z
    .int()
    .min(0)
    .max(100_000)
    .default(1)
    .describe('Pending security updates from which on it is told; 0: never'),
});

/** Updates of Debian and its kin that wait, by the package lists that are there: nothing is fetched. */
export const updates = sensorKind({
  kind: 'updates',
  says: 'pending updates of Debian packages',
  everyMs: 12 * HOUR,
  timeoutMs: 2 * MINUTE,
  settings,
  async look(given: z.output<typeof settings>, { run }, { levelOf }) {
    const { code, stdout, stderr, problem } = await run('apt-get', [
      '--simulate',
      '--quiet',
      '-o',
      'Debug::NoLocking=true',
      'dist-upgrade',
    ]);
    if (problem !== null || code !== 0) {
      const reason = problem ?? (stderr.trim().split('\n').at(-1) || `apt-get exited with ${code ?? '?'}`);
      return { findings: [{ subject: '', level: 'unknown', text: reason }] };
    }
    const pending = stdout.split('\n').filter((line) => line.startsWith('Inst '));
    const security = pending.filter((line) => /security/i.test(line));
    const level = (value: number, limit: number, subject: string) =>
      limit === 0
        ? 'ok'
        : judgeHigh(value, { warning: limit, critical: Infinity, slack: 0 }, levelOf(subject));
    return {
      findings: [
        {
          subject: 'updates',
          level: level(pending.length, given.count, 'updates'),
          value: pending.length,
          text: `${pending.length} updates wait`,
        },
        {
          subject: 'security',
          level: level(security.length, given.securityCount, 'security'),
          value: security.length,
          text: `${security.length} security updates wait`,
        },
      ],
    };
  },
});
