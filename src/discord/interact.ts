import type { EventWriter } from '../events/event-writer.ts';
import { messageOf } from '../lib/errors.ts';
import type { Dispatch } from '../lib/operations/dispatch.ts';
import { put } from './admit.ts';
import { composeCommand } from './compose.ts';
import { hashOfVersion, readCustomId } from './decisions/custom-id.ts';
import { type CardDeps, redraw } from './decisions/keep-cards.ts';
import type { OpenApi } from './link.ts';
import { interactionKinds, type InteractionPayload } from './payloads.ts';
import { findCard } from './rows/cards.ts';

export interface InteractDeps extends CardDeps {
  writer: Pick<EventWriter, 'putAccepted'>;
  /** Carries out an operation as every face does. */
  dispatch: Dispatch;
  report: (thrown: unknown, what: string) => void;
}

const answers = { message: 4, laterUpdate: 6 } as const;
const maxTextChars = 2_000;

/**
 * Answers a click or a command of the owner: Discord gets its acknowledgement first, since it waits three seconds for it and
 * a store may take longer. Never rejects.
 */
export async function interact(deps: InteractDeps, interaction: InteractionPayload): Promise<void> {
  const api = deps.link.api();
  if (api === undefined) return;
  try {
    if (interaction.type === interactionKinds.component) await press(deps, api, interaction);
    else if (interaction.type === interactionKinds.command) await command(deps, api, interaction);
  } catch (thrown) {
    deps.report(thrown, 'a click or command');
  }
}

async function press(deps: InteractDeps, api: OpenApi, interaction: InteractionPayload): Promise<void> {
  await acknowledge(deps, api, interaction, { type: answers.laterUpdate });
  const pressed = readCustomId(interaction.data?.custom_id ?? '');
  const kind = deps.kinds.find(({ name }) => name === pressed?.kind);
  const { message, channel_id: channelId } = interaction;
  if (pressed === undefined || kind === undefined || message == null || channelId == null) return;
  const choice = kind.choices.find(({ name }) => name === pressed.choice);
  if (choice === undefined) return;
  const place = { subjectId: pressed.id, channelId, messageId: message.id };
  try {
    const before = await kind.find(deps.store, pressed.id);
    const hasChanged = before !== undefined && hashOfVersion(before.version) !== pressed.hash;
    const isOpen = before !== undefined && before.decided === null;
    let note = isOpen && hasChanged ? 'It has changed since it was shown: please look again.' : undefined;
    if (isOpen && !hasChanged) {
      const { operation, input } = choice.request(pressed.id);
      const { answer } = await deps.dispatch(operation, input, { by: 'discord' });
      if (!answer.ok) note = answer.error.message;
    }
    const card = await findCard(deps.store, kind.name, pressed.id);
    const id = card?.messageId === message.id ? card.id : null;
    const subject = await kind.find(deps.store, pressed.id);
    await redraw(deps, api, { kind, subject, card: { ...place, id }, ...(note !== undefined && { note }) });
  } catch (thrown) {
    // Without the store the card cannot be drawn; its buttons stay.
    await api.hasty.send(channelId, {
      content: `That did not work: ${messageOf(thrown)}. Please press it again later.`,
    });
    throw thrown;
  }
}

async function command(deps: InteractDeps, api: OpenApi, interaction: InteractionPayload): Promise<void> {
  const { data, id, channel_id: channelId } = interaction;
  const words = data?.options?.map(({ value }) => String(value)) ?? [];
  const text = [`/${data?.name ?? ''}`, ...words].join(' ').trim();
  const content = text.slice(0, maxTextChars);
  deps.link.sent.note('', content);
  await acknowledge(deps, api, interaction, {
    type: answers.message,
    data: { content, allowed_mentions: { parse: [] } },
  });
  if (channelId == null) return;
  await put(deps, composeCommand(id, channelId, text)).catch(async (thrown: unknown) => {
    await api.hasty.send(channelId, { content: `That did not get through: ${messageOf(thrown)}.` });
    throw thrown;
  });
}

/** A click that Discord has given up on was made all the same. */
async function acknowledge(
  { report }: InteractDeps,
  api: OpenApi,
  interaction: InteractionPayload,
  answer: unknown,
): Promise<void> {
  await api.hasty
    .answerInteraction(interaction, answer)
    .catch((thrown: unknown) => report(thrown, 'the acknowledgement of a click'));
}
