import { fromCallback } from 'xstate';
import type { FolderInput, SessionFact } from '../../machines/mail-folder/protocol.ts';
import type { Account } from '../../src/mail/account.ts';
import type { FolderClient } from '../../src/mail/client.ts';
import type { MailDesk } from '../../src/mail/desk.ts';
import { refusalOf } from '../../src/mail/refusal.ts';

export interface SessionDeps {
  account: Account;
  desk: Pick<MailDesk, 'onRequest'>;
  /** The connection that was made. */
  client: () => FolderClient;
}

/** The connection for as long as this actor lives: tells of news and of its end, and is closed with the actor. */
export function createSession({ account, desk, client: current }: SessionDeps) {
  return fromCallback<SessionFact, FolderInput>(({ input, sendBack }) => {
    const tellMachine = (fact: SessionFact): void => sendBack(fact);
    const client = current();
    const forget = desk.onRequest(account.name, input.folder, () => tellMachine({ type: 'session.news' }));
    client.onNews(() => tellMachine({ type: 'session.news' }));
    client.onEnd((thrown) => tellMachine({ type: 'session.closed', end: refusalOf(thrown, account) }));
    return () => {
      forget();
      client.onEnd(() => undefined);
      client.close();
    };
  });
}
