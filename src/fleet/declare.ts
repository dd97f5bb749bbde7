import { type Declaring, nothingDeclared, recordDeclared } from '../activity/declared.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { type DeclaredHost, definitionOf, type HostDefinition } from './definition.ts';
import { freshMemory } from './judge/memory.ts';
import {
  deleteHost,
  findHost,
  type HostRow,
  insertHost,
  listHosts,
  renameParent,
  switchHost,
  updateDefinition,
} from './rows/hosts.ts';
import { hashOfToken } from './token.ts';

/**
 * Makes the rows of this home's declared hosts what its config.json says: their state goes on where the host is still the same.
 * A host that is not declared any more is removed; one whose name is taken by one of another origin is left out, and said.
 */
export function declareHosts(
  store: Store,
  declared: Readonly<Record<string, DeclaredHost>>,
  { worker, now }: { worker: string; now: Date },
): Promise<Declaring> {
  return store.transaction(async (tx) => {
    const done = nothingDeclared();
    for (const host of (await listHosts(tx)).filter(({ declaredBy }) => declaredBy === worker)) {
      if (Object.hasOwn(declared, host.name)) continue;
      await renameParent(tx, host.name, null);
      await deleteHost(tx, host.id);
      done.removed.push(host.name);
    }
    for (const [name, given] of Object.entries(declared))
      await declareHost(tx, { name, given, worker, now }, done);
    const names = new Set((await listHosts(tx)).map((host) => host.name));
    for (const [name, { parent }] of Object.entries(declared))
      if (parent != null && !names.has(parent))
        done.problems.push(
          `the host ${name} of config.json: there is no host ${parent} that it could be behind`,
        );
    await recordDeclared(tx, done, { action: 'fleet.declared', now });
    return done;
  });
}

interface Declaration {
  name: string;
  given: DeclaredHost;
  worker: string;
  now: Date;
}

async function declareHost(
  tx: Tx,
  { name, given, worker, now }: Declaration,
  done: Declaring,
): Promise<void> {
  const { pushToken, paused = false, ...fields } = given;
  const definition = definitionOf(name, fields);
  const tokenHash = pushToken === undefined ? null : hashOfToken(pushToken);
  const home = definition.kind === 'local' ? worker : null;
  const known = await findHost(tx, name);
  if (known === undefined) {
    await insertHost(tx, { definition, worker: home, declaredBy: worker, tokenHash, enabled: !paused, now });
    done.added.push(name);
    return;
  }
  if (known.declaredBy !== worker) {
    done.problems.push(`the host ${name} of config.json is not taken: there is one of that name`);
    return;
  }
  const isOther = JSON.stringify(pick(known)) !== JSON.stringify(pick(definition));
  if (isOther) done.changed.push(name);
  if (isOther || tokenHash !== null)
    await updateDefinition(tx, { id: known.id, definition, worker: home, tokenHash, now });
  if (paused === known.enabled)
    await switchHost(tx, { id: known.id, enabled: !paused, memory: freshMemory, now });
}

function pick({ name, kind, address, everyMs, parent, options }: HostDefinition | HostRow): unknown {
  return [
    name,
    kind,
    address,
    everyMs,
    parent,
    Object.entries(options).sort(([one], [other]) => one.localeCompare(other)),
  ];
}
