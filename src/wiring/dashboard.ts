import { createDashboardServer } from '../../actors/dashboard/server.ts';
import { dashboardMachine } from '../../machines/dashboard/machine.ts';
import type { DashboardService } from '../faces/dashboard/service.ts';
import { enterLink } from '../faces/dashboard/door/link.ts';
import { isLoopback } from '../lib/loopback.ts';
import type { Services } from '../services.ts';

/** The dashboard; once, when it first opens, a link for the owner is printed. */
export function dashboardLogic({ log, door, settings, screen }: Services, service: DashboardService) {
  const host = settings.get('dashboard.host');
  let isFirst = true;
  return dashboardMachine.provide({
    actors: { server: createDashboardServer(service) },
    actions: {
      reportOpen: (_, { url }) => {
        log.info({ url }, 'the dashboard is open; `ninjad dashboard` prints a link into it');
        if (!isLoopback(host))
          log.warn(
            { host },
            'the dashboard is reachable from other machines, by the token only and unencrypted',
          );
        if (isFirst) tellLink(enterLink(url, door.issueCode().code), screen);
        isFirst = false;
      },
      reportShut: (_, { reason }) => {
        log.error({ reason }, 'the dashboard is not open; it is tried again');
        screen?.dashboard({ reason });
      },
    },
  });
}

/** To the terminal, not to the log: under a service manager standard output is a log too. */
function tellLink(url: string, screen: Services['screen']): void {
  const { INVOCATION_ID: unit, JOURNAL_STREAM: journal } = process.env;
  if (screen !== undefined) screen.dashboard({ url });
  else if (unit === undefined && journal === undefined)
    process.stdout.write(`Your dashboard, for the next 15 minutes and once: ${url}\n`);
}
