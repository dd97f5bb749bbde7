import type { LiveSettings } from '../lib/config/live-settings.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Tx } from '../lib/store/store.ts';
import { detectors } from './detectors/all.ts';
import { listDetectorRows } from './record.ts';
import { backFactor, restAfter } from './settle.ts';
import type { FindingValues } from './settings.ts';

/** A threshold as it holds. */
export interface ThresholdView {
  name: string;
  value: number;
  /** What it is without a setting of the owner's. */
  usual: number;
  says: string;
}

/** A detector and how it is. */
export interface DetectorView {
  kind: string;
  says: string;
  /** `resting` after dismissals, `off` by a setting, `failing` where it could not look the last time. */
  state: 'looking' | 'resting' | 'off' | 'failing';
  thresholds: ThresholdView[];
  lookedAt: Date | null;
  tookMs: number | null;
  problem: string | null;
  /** Since the last acceptance. */
  dismissals: number;
  /** What something has to weigh until it is told again; null while the detector does not rest. */
  restsUntil: number | null;
  /** What it measured in the last look and kept to itself. */
  held: number;
}

/** All detectors, in the order in which they look. */
export async function listDetectors(
  store: Tx,
  settings: Pick<LiveSettings<FindingValues>, 'get'>,
): Promise<DetectorView[]> {
  const rows = new Map((await listDetectorRows(store)).map((row) => [row.kind, row]));
  const off = settings.get('findings.off');
  return detectors.map(({ kind, says, thresholds }) => {
    const row = rows.get(kind);
    const own = ownValue(settings.get('findings.thresholds'), kind) ?? {};
    const rests = row !== undefined && row.dismissals >= restAfter;
    const problem = row?.problem ?? null;
    const isOff = off.includes(kind);
    return {
      kind,
      says,
      state: isOff ? 'off' : problem !== null ? 'failing' : rests ? 'resting' : 'looking',
      thresholds: Object.entries(thresholds).map(([name, { value, says: what }]) => ({
        name,
        value: ownValue(own, name) ?? value,
        usual: value,
        says: what,
      })),
      lookedAt: row?.lookedAt ?? null,
      tookMs: row?.tookMs ?? null,
      problem,
      dismissals: row?.dismissals ?? 0,
      restsUntil: rests ? backFactor * row.dismissedWeight : null,
      held: row?.held ?? 0,
    };
  });
}
