import type { DaemonClient } from '../client.ts';
import { createControlClient } from '../faces/control/client.ts';
import type { Status } from '../faces/status/status.ts';
import type { HomePaths } from '../lib/config/paths.ts';
import { SECOND } from '../lib/time.ts';
import { takeNotifier } from '../upkeep/service/notifier.ts';
import { createServicePulse, type ServicePulse } from '../upkeep/service/pulse.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

const answerMs = 20 * SECOND;

/** The word to systemd, where systemd runs this daemon; takes its address out of the environment. */
export function openServicePulse(paths: HomePaths, env: NodeJS.ProcessEnv): ServicePulse | undefined {
  const notifier = takeNotifier(env);
  if (notifier === undefined) return undefined;
  const client: DaemonClient = createControlClient(paths.controlSocket, { answerMs });
  return createServicePulse({
    notifier,
    ask: async () => sentenceOf(await client.ask('status.get', {})),
  });
}

/** Says to systemd that the daemon lives, every now and then. */
export function servicePulseLogic(services: Services, pulse: ServicePulse) {
  return chore(
    services,
    'systemd could not be told that all is well; after a while it starts ninjad anew',
    () => pulse.beat(),
  );
}

function sentenceOf({ ready, notReadyBecause = [], mailbox, tasks }: Status): string {
  const work = `${mailbox.depth} events wait, ${tasks.running} tasks run`;
  return ready ? `ready: ${work}` : `not ready (${notReadyBecause.join('; ')}): ${work}`;
}
