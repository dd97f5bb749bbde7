import { z } from 'zod';
import { recordAct } from '../../activity/record-act.ts';
import type { DiscordLink } from '../../discord/link.ts';
import type { Bus } from '../../lib/bus.ts';
import type { ListFacts } from '../../lib/operations/facts.ts';
import { flag, nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';
import type { Store } from '../../lib/store/store.ts';
import type { Status } from '../status/status.ts';
import { dismissSteps, findStepsSeen, showSteps } from './rows.ts';
import { type FirstSteps, stepsOf } from './steps.ts';

/** Services that the operations of the first steps use. */
export interface FirstStepNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  status: () => Promise<Status>;
  discord: Pick<DiscordLink, 'facts'>;
  settings: { get(key: 'dashboard.names'): readonly string[] };
  now: () => Date;
}

/** Operations of what a new daemon still wants: which steps are done, and to put the list away. */
export const firstStepOperations = {
  'firstSteps.get': operation(
    'GET /first-steps',
    nothing,
    async ({ store, status, discord, settings }: FirstStepNeeds): Promise<FirstSteps> =>
      stepsOf({
        seen: await findStepsSeen(store),
        status: await status(),
        isPaired: discord.facts().ownerId !== null,
        isReachable: settings.get('dashboard.names').length > 0,
        env: process.env,
      }),
  ),
  'firstSteps.dismiss': operation(
    'POST /first-steps/dismiss',
    z.strictObject({ dismissed: flag.default(true) }),
    async ({ store, bus, now }: FirstStepNeeds, { dismissed }, caller) => {
      await store.transaction(async (tx) => {
        const summary = `the first steps were ${dismissed ? 'put away' : 'taken out again'}`;
        await recordAct(tx, caller, { at: now(), action: 'first-steps.dismissed', summary });
        await (dismissed ? dismissSteps(tx, now()) : showSteps(tx));
      });
      bus.emit('list.changed', { list: 'firstSteps.get' });
      return { dismissed };
    },
  ),
};
