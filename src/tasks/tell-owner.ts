import type { Tx } from '../lib/store/store.ts';
import { keepNotice, type NoticeOrigin, settleNotices } from '../notices/rows.ts';

/**
 * Something that the owner should know: an agent's own words, a CLI that cannot work, a cap, a goal's result, a message that
 * went astray, a mailbox that cannot be watched.
 */
export interface OwnerNews {
  origin: NoticeOrigin;
  text: string;
  taskId: number | null;
  now: Date;
  /** The channel that is down, and does not have to carry the news of itself. */
  except?: string;
}

/** Keeps it until the owner has seen it; call it in the transaction of what it tells of. Resolves to the subject of its deliveries. */
export function tellOwner(tx: Tx, { except, ...news }: OwnerNews): Promise<string | undefined> {
  return keepNotice(tx, { ...news, ...(except !== undefined && { sentTo: { except } }) });
}

/** The connection to Discord works again: what was told of it no longer holds. */
export async function settleDiscordNews(tx: Tx, now: Date): Promise<void> {
  await settleNotices(tx, { origin: 'discord', now });
}

/** The agent CLI works again: what was told of it no longer holds. */
export async function settleAgentNews(tx: Tx, now: Date): Promise<void> {
  await settleNotices(tx, { origin: 'agent', now });
}

/** All mailboxes are watched again: what was told of them no longer holds. */
export async function settleMailNews(tx: Tx, now: Date): Promise<void> {
  await settleNotices(tx, { origin: 'mail', now });
}
