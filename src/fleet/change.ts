import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import { meant } from '../lib/nearest-name.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { flag } from '../lib/operations/fields.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import type { Accepted } from './accept-key.ts';
import { definitionOf, type HostDefinition, hostFields, kindsIn, oneKind } from './definition.ts';
import type { FleetFacts } from './facts.ts';
import { parentFault } from './family.ts';
import { freshMemory } from './judge/memory.ts';
import { hostName } from './name.ts';
import { closeAlert, listAlerts } from './rows/alerts.ts';
import {
  findHost,
  type HostRow,
  insertHost,
  listHosts,
  mostHosts,
  renameParent,
  switchHost,
  updateDefinition,
} from './rows/hosts.ts';
import type { FleetService } from './service.ts';
import { hashOfToken, newToken } from './token.ts';

/** The fleet as its operations use it. */
export interface FleetDesk {
  service: Pick<FleetService, 'poll' | 'worker'>;
  /** Accepts the key that a host shows now. */
  acceptKey: (definition: HostDefinition) => Promise<Accepted>;
  rawDays: () => number;
}

/** Services that changes of hosts use. */
export interface FleetNeeds {
  store: Store;
  bus: Pick<Bus<FleetFacts & ListFacts>, 'emit'>;
  fleetDesk: FleetDesk;
  now: () => Date;
}

export const addInput = z
  .strictObject({ name: hostName, ...hostFields, acceptKey: flag.optional() })
  .refine((given) => kindsIn(given).length === 1, oneKind)
  .refine((given) => given.acceptKey !== true || given.ssh !== undefined, 'acceptKey goes with ssh only');
export const editInput = z
  .strictObject({ name: hostName, newName: hostName.optional(), ...hostFields, acceptKey: flag.optional() })
  .refine((given) => kindsIn(given).length <= 1, oneKind);

/** What a change made. */
export interface Changed {
  name: string;
  acceptedKey: Accepted | null;
  /** Of a host that reports by itself, once. */
  token: string | null;
}

/** Adds a host; it is polled at once. */
export async function addHost(
  needs: FleetNeeds,
  { name, acceptKey, ...given }: z.output<typeof addInput>,
  caller: Caller,
): Promise<Changed> {
  const { store, fleetDesk, now } = needs;
  const definition = definitionOf(name, given);
  if ((await findHost(store, name)) !== undefined) throw new ConflictError(`there is a host ${name} already`);
  const acceptedKey = acceptKey === true ? await fleetDesk.acceptKey(definition) : null;
  const token = definition.kind === 'push' ? newToken() : null;
  await store.transaction(async (tx) => {
    await checkFamily(tx, definition);
    const id = await insertHost(tx, {
      definition,
      worker: definition.kind === 'local' ? fleetDesk.service.worker : null,
      declaredBy: null,
      tokenHash: token === null ? null : hashOfToken(token),
      now: now(),
    });
    if (id === undefined) throw new ConflictError(`there is a host ${name} already`);
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.added',
      summary: `the host ${name} was added`,
      detail: { host: name, kind: definition.kind, ...(acceptedKey !== null && { acceptedKey }) },
    });
  });
  announce(needs);
  return { name, acceptedKey, token };
}

/** Changes a host; what is left out stays. */
export async function editHost(
  needs: FleetNeeds,
  { name, newName, acceptKey, ...given }: z.output<typeof editInput>,
  caller: Caller,
): Promise<Changed> {
  const { store, fleetDesk, now } = needs;
  const row = await editable(
    store,
    name,
    Object.values(given).every((value) => value === undefined) && newName === undefined,
  );
  const definition = definitionOf(newName ?? name, given, row);
  const acceptedKey = acceptKey === true ? await fleetDesk.acceptKey(definition) : null;
  const becomesPush = definition.kind === 'push' && row.kind !== 'push';
  const token = becomesPush ? newToken() : null;
  await store.transaction(async (tx) => {
    if (newName !== undefined && newName !== name && (await findHost(tx, newName)) !== undefined)
      throw new ConflictError(`there is a host ${newName} already`);
    await updateDefinition(tx, {
      id: row.id,
      definition,
      worker: definition.kind === 'local' ? (row.worker ?? fleetDesk.service.worker) : null,
      tokenHash: token === null ? null : hashOfToken(token),
      now: now(),
    });
    if (newName !== undefined && newName !== name) await renameParent(tx, name, newName);
    await checkFamily(tx, definition);
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.edited',
      summary: `the host ${name} was changed`,
      detail: { host: definition.name, ...(acceptedKey !== null && { acceptedKey }) },
    });
  });
  announce(needs);
  return { name: definition.name, acceptedKey, token };
}

/** Pauses a host, or lets it be polled again. */
export async function pauseHost(
  needs: FleetNeeds,
  { name, paused }: { name: string; paused: boolean },
  caller: Caller,
): Promise<{ name: string }> {
  const { store, now } = needs;
  const row = await found(store, name);
  if (row.enabled !== paused) throw new ConflictError(`${name} is ${paused ? 'paused' : 'polled'} already`);
  await store.transaction(async (tx) => {
    for (const alert of await listAlerts(tx, row.id)) await closeAlert(tx, alert, now());
    const { bootId, uptimeSeconds, certificates } = row.memory;
    await switchHost(tx, {
      id: row.id,
      enabled: !paused,
      memory: { ...freshMemory, bootId, uptimeSeconds, certificates },
      now: now(),
    });
    await recordAct(tx, caller, {
      at: now(),
      action: paused ? 'host.paused' : 'host.resumed',
      summary: `the host ${name} is ${paused ? 'not polled any more' : 'polled again'}`,
      detail: { host: name },
    });
  });
  announce(needs);
  return { name };
}

/** Gives a host that reports by itself a new token; the old one lets nothing in any more. */
export async function renewToken(needs: FleetNeeds, name: string, caller: Caller): Promise<Changed> {
  const { store, now } = needs;
  const row = await editable(store, name);
  if (row.kind !== 'push') throw new ConflictError(`${name} does not report by itself: it has no token`);
  const token = newToken();
  await store.transaction(async (tx) => {
    await updateDefinition(tx, {
      id: row.id,
      definition: row,
      worker: row.worker,
      tokenHash: hashOfToken(token),
      now: now(),
    });
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.token-renewed',
      summary: `the host ${name} got a new token`,
      detail: { host: name },
    });
  });
  announce(needs);
  return { name, acceptedKey: null, token };
}

/** Changes the maintenance of a host, declared or not: its windows are what is edited where it is declared. */
export async function setMaintenance(
  needs: FleetNeeds,
  { name, change, says }: { name: string; change: Partial<HostDefinition['options']>; says: string },
  caller: Caller,
): Promise<{ name: string }> {
  const { store, now } = needs;
  const row = await found(store, name);
  if (row.declaredBy !== null && change.maintenance !== undefined) refuseDeclared(name);
  await store.transaction(async (tx) => {
    await updateDefinition(tx, {
      id: row.id,
      definition: { ...row, options: { ...row.options, ...change } },
      worker: row.worker,
      tokenHash: null,
      now: now(),
    });
    await recordAct(tx, caller, {
      at: now(),
      action: 'host.maintenance',
      summary: `${name}: ${says}`,
      detail: { host: name, ...change },
    });
  });
  announce(needs);
  return { name };
}

/** The host of that name. Throws a `NotFoundError` with the nearest one. */
export async function found(store: Tx, name: string): Promise<HostRow> {
  const row = await findHost(store, name);
  if (row !== undefined) return row;
  const names = (await listHosts(store)).map((host) => host.name);
  throw new NotFoundError(`there is no host ${name}${meant(name, names)}`);
}

/** The host of that name, where it may be changed here. */
export async function editable(store: Tx, name: string, onlyKey = false): Promise<HostRow> {
  const row = await found(store, name);
  if (row.declaredBy !== null && !onlyKey) refuseDeclared(name);
  return row;
}

function refuseDeclared(name: string): never {
  throw new ConflictError(`${name} is declared in config.json: change it there and restart ninjad`);
}

/** Throws a `UsageError` where a host cannot be behind its parent. */
export async function checkFamily(tx: Tx, { name, parent }: HostDefinition): Promise<void> {
  const hosts = await listHosts(tx);
  if (hosts.length >= mostHosts) throw new UsageError(`there are ${mostHosts} hosts already`);
  const parents = new Map(hosts.map((host) => [host.name, host.parent]));
  parents.set(name, parent);
  const fault = parentFault(name, parent, parents);
  if (fault !== undefined) throw new UsageError(fault);
}

/** Tells pages and polls that the fleet is another one. */
export function announce({ bus }: FleetNeeds): void {
  bus.emit('fleet.due', {});
  bus.emit('fleet.changed', {});
  bus.emit('list.changed', { list: 'fleet.list' });
}
