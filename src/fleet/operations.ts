import { z } from 'zod';
import { parseSpan } from '../lib/duration-text.ts';
import { ConflictError, UsageError } from '../lib/errors.ts';
import { flag, nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import {
  addHost,
  addInput,
  type Changed,
  editHost,
  editInput,
  type FleetNeeds,
  found,
  pauseHost,
  renewToken,
  setMaintenance,
} from './change.ts';
import { removeHost, restoreHost } from './remove.ts';
import { longestMaintenanceMs } from './definition.ts';
import { type Host, hostOf, type HostPage, hostPage } from './host.ts';
import { maintenanceWindow, windowText } from './maintenance.ts';
import { hostName } from './name.ts';
import type { Report } from './report.ts';
import { eventsOfHost } from './rows/events.ts';
import { hostsBehind, listHosts } from './rows/hosts.ts';
import { lastReports, reportsOf } from './rows/reports.ts';
import { type HostSeries, ranges, readSeries } from './series.ts';

const shownReports = 60;
const shownEvents = 100;

const named = z.strictObject({ name: hostName });
const seriesInput = z.strictObject({
  name: hostName,
  range: z.enum(Object.keys(ranges) as [keyof typeof ranges]).default('day'),
});
const maintenanceInput = z.strictObject({
  name: hostName,
  /** From now on, for so long. */
  for: z.string().max(20).optional(),
  /** What comes again, in place of the windows before. */
  windows: z.array(maintenanceWindow).max(20).optional(),
  /** One more window that comes again. */
  window: maintenanceWindow.optional(),
  /** Ends what goes on and takes the windows away. */
  off: flag.optional(),
});

/** How a poll went, for people. */
export interface PollAnswer {
  name: string;
  answered: boolean;
  /** Why not. */
  reason: string | null;
  tookMs: number;
  state: Host['state'];
  /** Nothing can be seen from here, so nobody is blamed. */
  blind: boolean;
  report: Report | null;
}

/** Operations of the fleet. */
export const fleetOperations = {
  'fleet.list': operation('GET /fleet', nothing, async ({ store, now }: FleetNeeds): Promise<Host[]> => {
    const [hosts, reports] = [await listHosts(store), await lastReports(store, shownReports)];
    return hosts.map((host) => hostOf(host, reports.get(host.id) ?? [], now()));
  }),
  'fleet.get': operation(
    'GET /fleet/:name',
    named,
    async ({ store, now }: FleetNeeds, { name }): Promise<HostPage> => {
      const row = await found(store, name);
      return hostPage(row, {
        reports: await reportsOf(store, row.id, shownReports),
        events: await eventsOfHost(store, row.id, shownEvents),
        behind: await hostsBehind(store, name),
        at: now(),
      });
    },
  ),
  'fleet.series': operation(
    'GET /fleet/:name/series',
    seriesInput,
    async ({ store, now, fleetDesk }: FleetNeeds, { name, range }): Promise<HostSeries> => {
      const { id } = await found(store, name);
      return readSeries(store, { hostId: id, range, now: now(), rawDays: fleetDesk.rawDays() });
    },
  ),
  'fleet.add': operation('POST /fleet', addInput, (needs: FleetNeeds, input, caller): Promise<Changed> =>
    addHost(needs, input, caller),
  ),
  'fleet.edit': operation(
    'PATCH /fleet/:name',
    editInput,
    (needs: FleetNeeds, input, caller): Promise<Changed> => editHost(needs, input, caller),
  ),
  'fleet.remove': operation('DELETE /fleet/:name', named, (needs: FleetNeeds, { name }, caller) =>
    removeHost(needs, name, caller),
  ),
  'fleet.restore': operation('POST /fleet/:name/restore', named, (needs: FleetNeeds, { name }, caller) =>
    restoreHost(needs, name, caller),
  ),
  'fleet.pause': operation('POST /fleet/:name/pause', named, (needs: FleetNeeds, { name }, caller) =>
    pauseHost(needs, { name, paused: true }, caller),
  ),
  'fleet.resume': operation('POST /fleet/:name/resume', named, (needs: FleetNeeds, { name }, caller) =>
    pauseHost(needs, { name, paused: false }, caller),
  ),
  'fleet.token': operation('POST /fleet/:name/token', named, (needs: FleetNeeds, { name }, caller) =>
    renewToken(needs, name, caller),
  ),
  'fleet.maintenance': operation(
    'POST /fleet/:name/maintenance',
    maintenanceInput,
    async (needs: FleetNeeds, { name, for: span, windows, window, off }, caller) => {
      const now = needs.now();
      if (off === true)
        return setMaintenance(
          needs,
          { name, change: { maintenance: [], maintenanceUntil: null }, says: 'no maintenance any more' },
          caller,
        );
      if (span !== undefined) {
        const ms = parseSpan(span);
        if (ms === undefined || ms <= 0 || ms > longestMaintenanceMs)
          throw new UsageError('expected for as a time from 1s to 31d, such as 2h');
        const until = new Date(now.getTime() + ms).toISOString();
        return setMaintenance(
          needs,
          { name, change: { maintenanceUntil: until }, says: `maintenance until ${until}` },
          caller,
        );
      }
      const before = (await found(needs.store, name)).options.maintenance;
      const next = windows ?? (window === undefined ? undefined : [...before, window]);
      if (next === undefined) throw new UsageError('expected for, window, windows or off');
      if (next.length > 20) throw new UsageError('expected at most 20 windows');
      const says =
        next.length === 0
          ? 'no windows of maintenance any more'
          : `maintenance ${next.map(windowText).join('; ')}`;
      return setMaintenance(needs, { name, change: { maintenance: next }, says }, caller);
    },
  ),
  'fleet.poll': operation(
    'POST /fleet/:name/poll',
    named,
    async ({ store, fleetDesk }: FleetNeeds, { name }): Promise<PollAnswer> => {
      const row = await found(store, name);
      if (row.kind === 'push') throw new ConflictError(`${name} reports by itself and cannot be asked`);
      const polled = await fleetDesk.service.poll(name);
      if (polled === undefined) throw new ConflictError(`${name} cannot be asked now`);
      const { outcome, recorded, blind } = polled;
      return {
        name,
        answered: outcome.kind === 'answered',
        reason: outcome.kind === 'failed' ? outcome.reason : (recorded?.reason ?? null),
        tookMs: outcome.tookMs,
        state: row.enabled ? (recorded?.state ?? row.state) : 'paused',
        blind,
        report: outcome.kind === 'answered' ? outcome.report : null,
      };
    },
    { unrecorded: 'it is what the clock does every minute' },
  ),
};
