import { agentNamed } from '../../lib/wire/agent-names.ts';
import type { Status } from '../../faces/status/status.ts';
import { describeModel } from '../../lib/inference/describe-model.ts';
import { modelRoles } from '../../lib/inference/work.ts';
import { asLaunched } from '../as-launched.ts';
import { paint } from '../paint.ts';
import { oneLine } from '../printable.ts';
import { duration } from '../units.ts';

export interface Greeting {
  status: Pick<Status, 'version' | 'agent' | 'inference' | 'home'>;
  tookMs: number;
  dashboard: { url: string } | { reason: string };
  logFile: string;
  /** How it is stopped. */
  end: string;
}

/** What a daemon says on the terminal that it was started in: that it is ready, where to look, who answers, what to try. */
export function greetingLines({ status, tookMs, dashboard, logFile, end }: Greeting): string[] {
  const link =
    'url' in dashboard
      ? `${paint('cyan', dashboard.url)}  ${paint('dim', 'once, within 15 minutes')}`
      : paint('yellow', `not open: ${oneLine(dashboard.reason)}`);
  const facts: [string, string][] = [
    ['Dashboard', link],
    ['Agent', agentText(status.agent)],
    ['Models', modelsText(status.inference)],
    ['Log', oneLine(logFile)],
    ['Try', asLaunched('ninjad ask "what can you do?"')],
  ];
  return [
    `${paint('bold', `ninjad ${oneLine(status.version)}`)} ready in ${duration(tookMs)}`,
    '',
    ...facts.map(([name, value]) => `  ${paint('dim', name.padEnd(9))}  ${value}`),
    '',
    end,
  ];
}

function agentText({ kind, version, path, reason }: Status['agent']): string {
  if (kind === 'command') return oneLine(path ?? 'a program of yours');
  if (agentNamed(kind) !== undefined) return oneLine(`${kind} ${version ?? ''}`.trim());
  if (kind === 'offline') return paint('yellow', 'none found: install claude, or set agent.path');
  return paint('yellow', oneLine(reason ?? 'not looked for yet'));
}

function modelsText(models: Status['inference']): string {
  const { state } = models;
  if (state === 'ready') return 'ready';
  if (state === 'off') return 'switched off: it remembers by words';
  if (state === 'loading') return 'loading; until then it remembers by words';
  const broken = modelRoles.find((role) => models[role].state === 'failed');
  const why = broken === undefined ? 'not here' : oneLine(describeModel(broken, models[broken])).slice(0, 60);
  return `${paint('yellow', why)}: it remembers by words, ${asLaunched('ninjad doctor')} says more`;
}
