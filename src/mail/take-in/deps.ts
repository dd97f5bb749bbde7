import type { EventWriter } from '../../events/event-writer.ts';
import type { Store } from '../../lib/store/store.ts';
import type { Account } from '../account.ts';
import type { FolderClient } from '../client.ts';
import type { MailSource, ReadMail } from '../read-mail.ts';

/** What a look into a folder needs. */
export interface TakeInDeps {
  account: Account;
  folder: string;
  client: FolderClient;
  store: Store;
  writer: Pick<EventWriter, 'putAccepted'>;
  parser: { read(source: MailSource): Promise<ReadMail> };
  /** The owner's addresses, in lower case. */
  own: () => ReadonlySet<string>;
  now: () => Date;
  /** How often fetching the parts of a mail has failed with the connection, by UID; it outlives the connection. */
  suspects: Map<number, number>;
  /** Mails became events. */
  onTaken: (count: number) => void;
  /** Something went wrong with one mail, and the others go on. */
  report: (thrown: unknown, what: string) => void;
}
