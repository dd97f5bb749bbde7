import type { Store } from '../lib/store/store.ts';
import { type Sighting, whyBlind } from './gate.ts';
import { spanOf } from './judge/note.ts';
import { takeBack, tellOwner } from './news.ts';
import { insertNews } from './rows/events.ts';
import { readSight, writeSight } from './rows/sight.ts';

/**
 * Notes what can be seen from this home. It tells once that nothing can, and once that it can again; what failed shortly before
 * says nothing about any host. Resolves to whether it is blind now, and whether that has changed.
 */
export function noteSighting(
  store: Store,
  { worker, sighting, now }: { worker: string; sighting: Sighting; now: Date },
): Promise<{ blind: boolean; changed: boolean }> {
  return store.transaction(async (tx) => {
    const before = await readSight(tx, worker);
    const why = whyBlind(sighting, before.gatewaySeenAt !== null);
    const gatewaySeenAt = sighting.gateway === true ? now : before.gatewaySeenAt;
    const wasBlind = before.blindSince !== null;
    if (why !== undefined && !wasBlind) {
      const text = `nothing can be seen from here: ${why}; no host is blamed until that is over`;
      await insertNews(tx, {
        hostId: null,
        at: now,
        news: [{ category: 'fleet-blind', priority: 'HIGH', text, state: 'blind', detail: { reason: why } }],
      });
      await tx.query({
        name: 'fleet-forget-failures',
        text: `UPDATE machines SET memory = memory || '{"failures": 0, "failingSince": null, "brinkAt": null}'
                WHERE state NOT IN ('down', 'unreachable') AND memory->>'failures' <> '0'`,
      });
      await writeSight(tx, worker, {
        blindSince: now,
        reason: why,
        gatewaySeenAt,
        toldId: await tellOwner(tx, text, now),
      });
      return { blind: true, changed: true };
    }
    if (why === undefined && before.blindSince !== null) {
      const lasted = spanOf((now.getTime() - before.blindSince.getTime()) / 1000);
      await insertNews(tx, {
        hostId: null,
        at: now,
        news: [
          {
            category: 'fleet-sighted',
            priority: 'NORMAL',
            text: `hosts can be seen again, after ${lasted}`,
            before: 'blind',
          },
        ],
      });
      await takeBack(tx, before.toldId, now);
      await writeSight(tx, worker, { blindSince: null, reason: null, gatewaySeenAt, toldId: null });
      return { blind: false, changed: true };
    }
    if (sighting.gateway === true) await writeSight(tx, worker, { ...before, gatewaySeenAt });
    return { blind: why !== undefined, changed: false };
  });
}
