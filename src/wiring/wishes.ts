import { goalRunDeps } from '../goals/run-deps.ts';
import type { RetrospectiveDeps } from '../retrospective/run.ts';
import type { Services } from '../services.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { draftNightKind, type DraftNightDeps } from '../wishes/drafting/night.ts';

/** What the nights of drafts need, of the daemon's services. */
export function draftNightDeps({ bus, database, draftDesk, draftsman, settings }: Services): DraftNightDeps {
  return {
    store: database.store,
    desk: draftDesk,
    draftsman,
    settings,
    now: () => new Date(),
    async tell(text) {
      const news = { origin: 'wish', text, taskId: null } as const;
      await database.store.transaction((tx) => tellOwner(tx, { ...news, now: new Date() }));
      bus.emit('owner.told', news);
    },
  };
}

/** What retrospectives need: the ways by which goals cause tasks and wait for them. */
export function retrospectiveDeps(
  services: Services,
  sources: { cancelTask: (taskId: number) => void },
): RetrospectiveDeps {
  const { bus, database, settings } = services;
  const { store, writer, onProgress, cancelTask, now } = goalRunDeps(
    { ...services, store: database.store },
    { ...sources, tellOwner },
  );
  return { store, writer, onProgress, cancelTask, now, bus, settings };
}

/** Has the scheduler follow `drafter.at` when it is changed. */
export function followDraftTime({ bus, settings }: Pick<Services, 'bus' | 'settings'>): void {
  settings.onChange((keys) => {
    if (keys.includes('drafter.at')) bus.emit('jobs.changed', { kind: draftNightKind });
  });
}
