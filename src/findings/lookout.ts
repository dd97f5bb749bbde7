import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { Store } from '../lib/store/store.ts';
import type { Rule } from '../events/router/rule.ts';
import { detectors } from './detectors/all.ts';
import { look, type LookReport } from './look.ts';
import type { FindingValues } from './settings.ts';

/** Has the detectors look. */
export interface Lookout {
  /** Whoever asks while a look goes on gets the same one; the signal is that of the first. */
  look: (signal?: AbortSignal) => Promise<LookReport>;
}

export interface LookoutDeps {
  store: Store;
  settings: Pick<LiveSettings<FindingValues & { readonly 'router.rules': readonly Rule[] }>, 'get'>;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now?: () => Date;
}

/** See `Lookout`. */
export function createLookout({ store, settings, bus, now = () => new Date() }: LookoutDeps): Lookout {
  let going: Promise<LookReport> | undefined;
  const begin = async (signal: AbortSignal): Promise<LookReport> => {
    const off = settings.get('findings.off');
    const report = await look(
      store,
      {
        detectors: detectors.filter(({ kind }) => !off.includes(kind)),
        days: settings.get('findings.days'),
        thresholds: settings.get('findings.thresholds'),
        rules: settings
          .get('router.rules')
          .filter(({ enabled }) => enabled !== false)
          .map(({ name }) => name),
        now: now(),
      },
      signal,
    );
    bus.emit('list.changed', { list: 'findings.list' });
    return report;
  };
  return {
    look(signal = new AbortController().signal) {
      going ??= begin(signal).finally(() => {
        going = undefined;
      });
      return going;
    },
  };
}
