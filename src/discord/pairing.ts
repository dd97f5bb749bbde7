import { randomInt } from 'node:crypto';
import type { Store } from '../lib/store/store.ts';
import type { MessagePayload } from './payloads.ts';
import { offerPairing, type Pairing } from './rows/pairings.ts';

/** Without characters that look like others. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeChars = 8;
const nameChars = 80;

/** A new code of 8 characters. */
export function newCode(): string {
  return Array.from({ length: codeChars }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** A code as it was typed: blanks, dashes and the case of letters say nothing. */
export function readCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase();
}

/** Gives a stranger a code, unless they have one or enough wait. */
export function offerCode(
  store: Store,
  { botId, message, now }: { botId: string; message: MessagePayload; now: Date },
): Promise<Pairing | undefined> {
  const { author, channel_id: channelId } = message;
  const userName = (author.global_name ?? author.username ?? '').slice(0, nameChars);
  return store.transaction((tx) =>
    offerPairing(tx, { botId, code: newCode(), userId: author.id, userName, channelId, now }),
  );
}

/** What the stranger reads. */
export function pairingText({ code }: Pick<Pairing, 'code'>): string {
  return `I do not know you. If I am yours, confirm this code within 10 minutes, on the dashboard under Config or by \`ninjad discord pair ${code}\`.`;
}
