import { createConnect } from '../../actors/mail/connect.ts';
import { createLook } from '../../actors/mail/look.ts';
import { createMailParser } from '../../actors/mail/parser.ts';
import { createSession } from '../../actors/mail/session.ts';
import { mailFolderMachine } from '../../machines/mail-folder/machine.ts';
import type { FolderState } from '../../machines/mail-folder/protocol.ts';
import { type ChildSpec, childSpec } from '../../machines/supervisor/spec.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { SECOND } from '../lib/time.ts';
import { type Account, keyOf } from '../mail/account.ts';
import type { FolderClient } from '../mail/client.ts';
import { plainAddress } from '../mail/marks.ts';
import { settleMailNews, tellOwner } from '../tasks/tell-owner.ts';
import type { Services } from '../services.ts';

/** What all watchers have together. */
interface Shared {
  parser: ReturnType<typeof createMailParser>;
  own: () => ReadonlySet<string>;
  /** Folders whose outage the owner was told of. */
  told: Set<string>;
}

const earlierLife = 'an earlier life';

/** A watcher for each folder of each account, as children of a supervisor of their own. */
export function mailWatchers(services: Services): ChildSpec[] {
  const { mailAccounts: accounts, settings } = services;
  const shared: Shared = {
    parser: createMailParser(),
    own: () =>
      new Set([...accounts.map(({ user }) => user), ...settings.get('mail.ownAddresses')].map(plainAddress)),
    // What an earlier life has told ends with the first outage of this one, or with the first folder that is watched.
    told: new Set([earlierLife]),
  };
  return accounts.flatMap((account) =>
    account.folders.map((folder) =>
      childSpec({
        id: `mail.${keyOf(account.name, folder)}`,
        logic: watcherLogic(services, account, shared),
        input: {
          account: account.name,
          folder,
          times: () => ({ pollMs: settings.get('mail.pollMs'), retryMs: settings.get('mail.retryMs') }),
        },
        restart: 'permanent',
        shutdownMs: 2 * SECOND,
      }),
    ),
  );
}

function watcherLogic(services: Services, account: Account, { parser, own, told }: Shared) {
  const { bus, database, env, log, mailDesk: desk, settings, writer } = services;
  const { store } = database;
  const now = (): Date => new Date();
  let open: FolderClient | undefined;
  const client = (): FolderClient => {
    if (open === undefined) throw new Error(`no connection for ${account.name} was made`);
    return open;
  };
  const report = (thrown: unknown, what: string): void => {
    // While the store is away things simply wait.
    if (thrown instanceof StoreAwayError && !thrown.refused) return;
    log.warn({ err: thrown, account: account.name }, `mail: ${what} failed`);
  };
  const keep = (made: FolderClient): void => {
    open?.close();
    open = made;
  };
  return mailFolderMachine.provide({
    actors: {
      connect: createConnect({ account, env, commandMs: () => settings.get('mail.commandMs'), keep }),
      session: createSession({ account, desk, client }),
      look: createLook({
        account,
        desk,
        client,
        store,
        writer,
        parser,
        own,
        now,
        suspects: new Map(),
        onTaken: () => {
          for (const list of ['mail.list', 'mail.messages']) bus.emit('list.changed', { list });
        },
        report,
      }),
    },
    actions: {
      noteState({ context }, { state }) {
        const { folder, reason } = context;
        const before = stateOf(services, account.name, folder);
        desk.note(account.name, folder, { state, reason });
        if (before !== state) logState(services, { account: account.name, folder, state, reason });
      },
      tellOutage({ context: { folder } }, { reason }) {
        told.add(keyOf(account.name, folder));
        const text = `Mail of ${keyOf(account.name, folder)} is not watched: ${reason ?? 'nobody knows why'}`;
        void store
          .transaction((tx) => tellOwner(tx, { origin: 'mail', text, taskId: null, now: now() }))
          .then(() => bus.emit('owner.told', { origin: 'mail', text, taskId: null }))
          .catch((thrown: unknown) => report(thrown, 'telling of an outage'));
      },
      endOutage({ context: { folder } }) {
        const wasTold = [keyOf(account.name, folder), earlierLife]
          .map((one) => told.delete(one))
          .includes(true);
        if (!wasTold || told.size > 0) return;
        void store
          .transaction((tx) => settleMailNews(tx, now()))
          .catch((thrown: unknown) => report(thrown, 'settling an outage'));
      },
      reportFailure: (_, { during, error }) => report(error, during),
    },
  });
}

function stateOf({ mailDesk }: Services, name: string, folder: string): FolderState | undefined {
  return mailDesk.folders().find((one) => one.name === name && one.folder === folder)?.state;
}

interface Change {
  account: string;
  folder: string;
  state: FolderState;
  reason: string | null;
}

function logState({ log }: Services, change: Change): void {
  const isTrouble = change.state !== 'watching' && change.state !== 'connecting' && change.reason !== null;
  log[isTrouble ? 'warn' : 'info'](change, 'a folder of mail is in another state');
}
