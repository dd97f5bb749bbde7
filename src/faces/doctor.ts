import { createServer } from 'node:net';
import { type CheckResult, fail, ok } from '../lib/doctor/check-result.ts';
import { type Checks, settingOf, type Subject } from '../lib/doctor/subject.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import type { dashboardSettings } from './settings.ts';
import type { Status } from './status/status.ts';

type Asked = Pick<
  Subject<Pick<Status, 'dashboard'>, ValuesOf<typeof dashboardSettings>>,
  'daemon' | 'settings'
>;

/** Checks of the dashboard. */
export const dashboardChecks: Checks<Asked> = { dashboard: checkDashboard };

/** Whether the dashboard is open, or without a daemon could be: its port may be another program's. */
export async function checkDashboard(subject: Asked): Promise<CheckResult> {
  const { daemon } = subject;
  const port = settingOf(subject, 'port', 7717);
  const host = settingOf(subject, 'dashboard.host', '127.0.0.1');
  const place = `${host}, port ${port}`;
  if (daemon.state === 'running') {
    const { url, reason } = daemon.status.dashboard;
    if (url !== null) return ok(url);
    return fail(
      `not open: ${reason ?? 'it has just started'}`,
      `a dashboard on ${place}`,
      'it is tried again by itself; the log says more',
    );
  }
  if (port === 0) return ok(`${host}, any free port`);
  if (daemon.state === 'silent') return ok(`${place}; whether it is free is not known`);
  const problem = await whyNotFree(host, port);
  if (problem === undefined) return ok(`${place} is free`);
  return fail(
    problem === 'EADDRINUSE' ? `${place} is taken by another program` : `${place} cannot be had: ${problem}`,
    'a free port for the dashboard',
    problem === 'EADDRINUSE'
      ? `end what listens there (ss -ltnp 'sport = :${port}' names it), or set port (NINJAD_PORT) to another one, 0 for any`
      : 'set port (NINJAD_PORT) and dashboard.host to what this user may listen on',
  );
}

/** The code of the error that listening there meets; undefined where it can be had. It listens for an instant. */
function whyNotFree(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
