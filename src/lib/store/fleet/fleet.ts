import type { Store } from '../store.ts';

/** A machine with its last reports, oldest first. */
export interface MachineRow {
  id: number;
  name: string;
  kind: string;
  address: string | null;
  enabled: boolean;
  state: string;
  state_since: Date;
  last_seen_at: Date | null;
  reports: ReportRow[] | null;
}

/** A report as it stands in JSON. */
export interface ReportRow {
  at: string;
  state: string;
  reason: string | null;
  took_ms: number | null;
  load1: number | null;
  cpu_count: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  disks: unknown;
  uptime_s: number | null;
  services: unknown;
}

/** All machines by name, at most 200, each with its last `reports` reports. */
export async function listMachines(store: Pick<Store, 'query'>, reports: number): Promise<MachineRow[]> {
  const { rows } = await store.query<MachineRow>({
    name: 'fleet-list',
    text: `SELECT machine.id, name, kind, address, enabled, machine.state, state_since, last_seen_at, last.reports
             FROM machines machine
             LEFT JOIN LATERAL (
               SELECT jsonb_agg(to_jsonb(report) - 'id' - 'machine_id' ORDER BY report.at) AS reports
                 FROM (SELECT * FROM fleet_reports WHERE machine_id = machine.id ORDER BY at DESC LIMIT $1) report) last
               ON true
            ORDER BY name LIMIT 200`,
    values: [reports],
  });
  return rows;
}
