import type { ValuesOf } from '../../lib/config/schema.ts';
import { type CheckResult, fail, ok, warn } from '../../lib/doctor/check-result.ts';
import { settingOf, type Subject } from '../../lib/doctor/subject.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import type { taskSettings } from '../../tasks/settings.ts';
import { type ServiceScope, stopMsOf } from './definition.ts';
import { definitionFile, lingers } from './host.ts';
import { isNewEnough, managerOf, type NodeLook, realLook } from './node-path.ts';
import { type ReadUnit, readUnit, unitSpanMs, unitWords } from './read-unit.ts';

type Asked = Pick<Subject<unknown, ValuesOf<typeof taskSettings>>, 'paths' | 'env' | 'userHome' | 'settings'>;

/** What is asked about the machine; for tests. */
export interface ServiceSurroundings {
  fileOf: (scope: ServiceScope) => string;
  node: NodeLook;
  lingers: () => boolean;
}

/** One thing that is not as it should be. */
interface Trouble {
  verdict: 'warn' | 'fail';
  found: string;
  expected: string;
}

/** Whether the service, where there is one, starts at boot, lets tasks end, and is started anew when it hangs. */
export function checkService(subject: Asked, surroundings = surroundingsOf(subject)): CheckResult {
  const { fileOf } = surroundings;
  const units = (['user', 'system'] as const).flatMap((scope) => {
    const unit = readUnit(fileOf(scope));
    return unit === undefined ? [] : [{ scope, unit }];
  });
  const [first, second] = units;
  if (first === undefined) return ok('not a service; ninjad service install makes it one');
  if (second !== undefined)
    return fail(
      `${first.unit.file} and ${second.unit.file}`,
      'one service: two fight for the home',
      'ninjad service uninstall, or sudo ninjad service uninstall --system',
    );
  const { scope, unit } = first;
  if (unit.file.endsWith('.plist')) return ok(unit.file);
  const troubles = [...programTroubles(unit, surroundings.node), ...managerTroubles(unit, subject)];
  if (scope === 'user' && !surroundings.lingers())
    troubles.push({
      verdict: 'warn',
      found: 'its user does not linger: it ends at logout and does not start at boot',
      expected: 'lingering (loginctl enable-linger)',
    });
  if (troubles.length === 0) return ok(`${unit.file}, node ${nodeOf(unit)}`);
  const makes = troubles.some(({ verdict }) => verdict === 'fail') ? fail : warn;
  return makes(
    `${unit.file}: ${troubles.map(({ found }) => found).join('; ')}`,
    troubles.map(({ expected }) => expected).join('; '),
    `${scope === 'system' ? 'sudo ninjad service install --system' : 'ninjad service install'} writes the unit anew and keeps the old one beside it; what an override says wins`,
  );
}

function surroundingsOf({ userHome, env }: Asked): ServiceSurroundings {
  return {
    fileOf: (scope) => definitionFile(scope, { userHome, env }),
    node: realLook,
    lingers,
  };
}

function nodeOf(unit: ReadUnit): string {
  return unitWords(unit.value('ExecStart') ?? '')[0] ?? 'none';
}

/** What is started: a path that an upgrade takes away is the commonest reason for a service that stays dead. */
function programTroubles(unit: ReadUnit, { exists, versionOf }: NodeLook): Trouble[] {
  const [node = '', script = ''] = unitWords(unit.value('ExecStart') ?? '');
  if (!exists(node))
    return [
      { verdict: 'fail', found: `its node ${node || '(none)'} is gone`, expected: 'a node that is there' },
    ];
  const troubles: Trouble[] = [];
  const manager = managerOf(node);
  if (manager !== undefined)
    troubles.push({
      verdict: 'warn',
      found: `its node ${node} is the folder of one version of ${manager.name}`,
      expected: 'a path that outlives an upgrade of node',
    });
  if (script.startsWith('/') && !exists(script))
    troubles.push({
      verdict: 'fail',
      found: `its program ${script} is gone`,
      expected: 'an installed ninjad',
    });
  const version = versionOf(node);
  if (!isNewEnough(version))
    troubles.push({
      verdict: 'fail',
      found: `its node ${node} is ${version === undefined ? 'not to be run' : `of version ${version}`}`,
      expected: 'a node that is new enough for ninjad',
    });
  return troubles;
}

const defaultStopMs = 90 * SECOND;

function managerTroubles(unit: ReadUnit, subject: Asked): Trouble[] {
  const troubles: Trouble[] = [];
  const wanted = (name: string, isWell: (value: string | undefined) => boolean, expected: string): void => {
    const value = unit.value(name);
    if (isWell(value)) return;
    troubles.push({
      verdict: 'warn',
      found: value === undefined ? `it has no ${name}` : `${name}=${value}`,
      expected,
    });
  };
  const stopMs = stopMsOf((key) => settingOf(subject, key, stopDefaults[key]));
  const limit = unit.value('TimeoutStopSec') ?? unit.value('TimeoutSec');
  const limitMs = limit === undefined ? defaultStopMs : (unitSpanMs(limit) ?? 0);
  if (limitMs !== 0 && limitMs < stopMs)
    troubles.push({
      verdict: 'fail',
      found: `TimeoutStopSec=${limit ?? `${defaultStopMs / SECOND} by default`} is shorter than a stop may take`,
      expected: `TimeoutStopSec=${Math.ceil(stopMs / SECOND)} or more (shutdown.drainMs and task.killGraceMs are in it)`,
    });
  wanted('Delegate', (value) => value !== undefined && !/^(no|false|off|0)$/i.test(value), 'Delegate=yes');
  wanted('Restart', (value) => value === 'always', 'Restart=always');
  wanted(
    'WatchdogSec',
    (value) => value !== undefined && (unitSpanMs(value) ?? 0) >= MINUTE,
    'WatchdogSec=120',
  );
  wanted('Type', (value) => value === 'notify' || value === 'notify-reload', 'Type=notify');
  wanted('NotifyAccess', (value) => value === 'all', 'NotifyAccess=all');
  const home = homeOf(unit);
  if (home !== undefined && home !== subject.paths.home)
    troubles.push({
      verdict: 'warn',
      found: `it runs the home ${home}, and this is ${subject.paths.home}`,
      expected: 'one home',
    });
  return troubles;
}

const stopDefaults = { 'shutdown.drainMs': 30 * SECOND, 'task.killGraceMs': 5 * SECOND } as const;

function homeOf(unit: ReadUnit): string | undefined {
  const line = unit.values('Environment').findLast((text) => text.includes('NINJAD_HOME='));
  // `%h` and its like are systemd's to fill in; `%%` is a sign of the path.
  if (line === undefined || line.replaceAll('%%', '').includes('%')) return undefined;
  return unitWords(line)
    .findLast((word) => word.startsWith('NINJAD_HOME='))
    ?.slice('NINJAD_HOME='.length);
}
