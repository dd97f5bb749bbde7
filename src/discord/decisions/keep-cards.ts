import type { Store } from '../../lib/store/store.ts';
import type { DiscordLink, OpenApi } from '../link.ts';
import { beginCard, type Card, noteCard, openCards, redrawnCard } from '../rows/cards.ts';
import { nonceFor } from '../send-part.ts';
import { refusalOf } from '../refusal.ts';
import { cardOf, decidedOf, goneCard } from './card.ts';
import { hashOfVersion } from './custom-id.ts';
import type { DecisionKind, Subject } from './subject.ts';

export interface CardDeps {
  store: Store;
  link: DiscordLink;
  kinds: readonly DecisionKind[];
  now: () => Date;
}

/** Cards that may be open at once: more would bury the conversation, and the dashboard has them all. */
const maxOpen = 10;
const lookedBack = 50;
const unknownMessage = 10_008;

/**
 * Makes the cards fit what is to be decided: redraws those whose subject has changed or was decided elsewhere, and makes one
 * for each that has none. Rejects with what discord.js or the store throws; to do it again makes no card twice.
 */
export async function keepCards(deps: CardDeps): Promise<void> {
  const { store, link } = deps;
  const api = link.api();
  const { channelId } = link.facts();
  if (api === undefined || channelId === null) return;
  let open = 0;
  for (const card of await openCards(store)) if (await refreshCard(deps, api, card)) open += 1;
  for (const kind of deps.kinds) {
    for (const subject of await kind.open(store, maxOpen)) {
      if (open >= maxOpen) return;
      if (await makeCard(deps, api, { kind, subject, channelId })) open += 1;
    }
  }
}

/** Draws a card anew where its subject is another than it shows; resolves to whether it is still open. */
async function refreshCard(deps: CardDeps, api: OpenApi, card: Card): Promise<boolean> {
  const { store, kinds } = deps;
  const kind = kinds.find(({ name }) => name === card.kind);
  if (kind === undefined) return false;
  const subject = await kind.find(store, card.subjectId);
  const version = subject === undefined ? 'gone' : hashOfVersion(subject.version);
  const decided = subject === undefined ? undefined : await decidedOf(store, kind, subject);
  const isOpen = subject !== undefined && decided === undefined;
  if (card.messageId === null) {
    if (isOpen) await sendCard(deps, api, { kind, subject, card });
    else await redrawnCard(store, { id: card.id, version, settledAt: deps.now() });
    return isOpen;
  }
  if (isOpen && version === card.version) return true;
  await redraw(deps, api, { kind, subject, card: { ...card, messageId: card.messageId } });
  return isOpen;
}

/** Draws the card of a subject as it stands now, and notes that. */
export async function redraw(
  deps: CardDeps,
  api: OpenApi,
  {
    kind,
    subject,
    card,
    note,
  }: {
    kind: DecisionKind;
    subject: Subject | undefined;
    card: { id: number | null; subjectId: number; channelId: string; messageId: string };
    note?: string;
  },
): Promise<void> {
  const { store, link, now } = deps;
  const decided = subject === undefined ? undefined : await decidedOf(store, kind, subject);
  const body =
    subject === undefined ? goneCard(kind, card.subjectId) : cardOf(kind, subject, { decided, note });
  link.sent.note('', body.content);
  await api.sure.edit(card.channelId, card.messageId, body).catch((thrown: unknown) => {
    const refusal = refusalOf(thrown);
    if (refusal.kind !== 'refused' || refusal.code !== unknownMessage) throw thrown;
  });
  if (card.id === null) return;
  const isOpen = subject !== undefined && decided === undefined;
  const version = subject === undefined ? 'gone' : hashOfVersion(subject.version);
  await redrawnCard(store, { id: card.id, version, settledAt: isOpen ? null : now() });
}

async function makeCard(
  deps: CardDeps,
  api: OpenApi,
  { kind, subject, channelId }: { kind: DecisionKind; subject: Subject; channelId: string },
): Promise<boolean> {
  const now = deps.now();
  const card = await beginCard(deps.store, {
    kind: kind.name,
    subjectId: subject.id,
    channelId,
    nonce: nonceFor('card', kind.name, subject.id, now.getTime()),
    version: hashOfVersion(subject.version),
    now,
  });
  if (card === undefined) return false;
  await sendCard(deps, api, { kind, subject, card });
  return true;
}

/** Sends a card whose row is there; a message of an attempt that nobody knows the end of is found by its nonce or its words. */
async function sendCard(
  { store, link }: CardDeps,
  api: OpenApi,
  { kind, subject, card }: { kind: DecisionKind; subject: Subject; card: Card },
): Promise<void> {
  const { nonce, channelId } = card;
  const body = cardOf(kind, subject);
  const { botId } = link.facts();
  const last = await api.sure.messages(channelId, { limit: lookedBack });
  const found = last.find(
    (message) =>
      message.author.id === botId && (String(message.nonce) === nonce || message.content === body.content),
  );
  link.sent.note(nonce, body.content);
  const { id } = found ?? (await api.sure.send(channelId, { ...body, nonce }));
  await noteCard(store, card.id, id);
}
