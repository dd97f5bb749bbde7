import { recordAct } from '../activity/record-act.ts';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import { announce, editable, type FleetNeeds } from './change.ts';
import { freshMemory } from './judge/memory.ts';
import { closeAlert, listAlerts } from './rows/alerts.ts';
import { findHost, listHosts, mostHosts, renameParent } from './rows/hosts.ts';
import { bringHostBack, findRemovedHost, putBehind, putHostAway } from './rows/removed.ts';

/**
 * Removes a host: it is watched no more and nowhere to be seen, and comes back with its history by `restoreHost` while its row is
 * kept. Rejects where there is none, and where config.json declares it.
 */
export async function removeHost(needs: FleetNeeds, name: string, caller: Caller): Promise<{ name: string }> {
  const { store, now } = needs;
  const row = await editable(store, name);
  await store.transaction(async (tx) => {
    for (const alert of await listAlerts(tx, row.id)) await closeAlert(tx, alert, now());
    await putHostAway(tx, { id: row.id, name, now: now() });
    await renameParent(tx, name, null);
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.removed',
      summary: `the host ${name} was removed`,
      detail: { host: name },
    });
  });
  announce(needs);
  return { name };
}

/** Brings back the host of that name which was removed last; it is polled at once, unless it was paused. */
export async function restoreHost(
  needs: FleetNeeds,
  name: string,
  caller: Caller,
): Promise<{ name: string }> {
  const { store, now } = needs;
  await store.transaction(async (tx) => {
    const removed = await findRemovedHost(tx, name);
    if (removed === undefined) throw new NotFoundError(`no host ${name} was removed within the week`);
    if ((await findHost(tx, name)) !== undefined)
      throw new ConflictError(`there is another host ${name} now: rename it first`);
    const hosts = await listHosts(tx);
    if (hosts.length >= mostHosts) throw new UsageError(`there are ${mostHosts} hosts already`);
    const hasParent = hosts.some((host) => host.name === removed.parent);
    await bringHostBack(tx, {
      id: removed.id,
      parent: hasParent ? removed.parent : null,
      memory: freshMemory,
      now: now(),
    });
    await putBehind(tx, { name, hosts: removed.behind });
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.restored',
      summary: `the host ${name} is back`,
      detail: { host: name },
    });
  });
  announce(needs);
  return { name };
}
