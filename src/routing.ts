import type { DaemonBus } from './bus.ts';
import { createRecordQueue, type RecordQueue } from './events/router/record-queue.ts';
import type { RuleBook } from './events/router/route.ts';
import { createRuleHits, type RuleHits } from './events/router/rule-hits.ts';
import { createThrottles, type Throttles } from './events/router/throttles.ts';
import type { HomePaths } from './lib/config/paths.ts';
import { alwaysStrangers } from './lib/wire/settings.ts';
import { spooledBytes } from './lib/wire/spool.ts';
import { nameStrangers } from './lib/wire/trust.ts';
import { compileRules } from './reflexes.ts';
import type { LiveSettings } from './settings.ts';

/** What decides where an event goes, as the settings have it. */
export interface Routing {
  recordQueue: RecordQueue;
  rules: () => RuleBook;
  /** What rules with a throttle let through lately. */
  throttles: Throttles;
  /** How often each rule took an event, until it is stored. */
  hits: RuleHits;
}

/** Compiles the rules and names the strangers, now and whenever their settings change. */
export function openRouting({
  paths,
  settings,
  bus,
}: {
  paths: Pick<HomePaths, 'spool'>;
  settings: LiveSettings;
  bus: Pick<DaemonBus, 'emit'>;
}): Routing {
  const nameThem = (): void => nameStrangers([...settings.get('trust.strangers'), ...alwaysStrangers]);
  let book = compileRules(settings.get('router.rules'));
  nameThem();
  settings.onChange((keys) => {
    if (keys.includes('trust.strangers')) nameThem();
    if (keys.includes('router.rules')) {
      book = compileRules(settings.get('router.rules'));
      bus.emit('list.changed', { list: 'rules.list' });
    }
  });
  return {
    recordQueue: createRecordQueue({ spooledBytes: (name) => spooledBytes(paths.spool, name) }),
    rules: () => book,
    throttles: createThrottles(),
    hits: createRuleHits(),
  };
}
