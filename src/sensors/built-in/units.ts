import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Finding, sensorKind } from '../look.ts';

const settings = z.strictObject({
  scope: z
    .enum(['system', 'user'])
    .default('system')
    .describe('`system`, or `user` for the units of the user that the daemon runs as'),
  ignore: z
    .array(z.string().min(1).max(256))
    .max(200)
    .default([])
    .describe('Units that may fail, such as `certbot.service`'),
});

/** Units of systemd that have failed, each for itself. */
export const units = sensorKind({
  kind: 'units',
  says: 'failed units of systemd',
  everyMs: 2 * MINUTE,
  timeoutMs: 30 * SECOND,
  settings,
  async look(given: z.output<typeof settings>, { run }) {
    const scope = given.scope === 'user' ? ['--user'] : [];
    const asked = ['list-units', '--state=failed', '--plain', '--no-legend', '--no-pager', '--full'];
    const { code, stdout, stderr, problem } = await run('systemctl', [...scope, ...asked]);
    if (problem !== null || code !== 0) {
      const reason = problem ?? (stderr.trim().split('\n')[0] || `systemctl exited with ${code ?? '?'}`);
      return { findings: [{ subject: '', level: 'unknown', text: reason }] };
    }
    const failed = stdout.split('\n').flatMap((line): Finding[] => {
      const [unit] = line
        .replace(/^[●*×]\s*/, '')
        .trim()
        .split(/\s+/);
      if (unit === undefined || unit === '' || given.ignore.includes(unit)) return [];
      return [{ subject: unit, level: 'critical', text: `${unit} has failed` }];
    });
    const count = failed.length;
    const whole: Finding = {
      subject: '',
      level: 'ok',
      value: count,
      text: count === 0 ? 'no unit has failed' : `${count} failed`,
    };
    return { findings: [whole, ...failed] };
  },
});
