import { createHash } from 'node:crypto';

/** What a button stands for; all of it is in the button's id, so that it works after any restart. */
export interface Press {
  kind: string;
  id: number;
  choice: string;
  /** Of what the card showed. */
  hash: string;
}

const pattern = /^n1:([a-z]{1,12}):(\d{1,15}):([a-z-]{1,16}):([0-9a-f]{8})$/;

/** The id of a button: at most 100 characters. */
export function customId({ kind, id, choice, hash }: Press): string {
  return `n1:${kind}:${id}:${choice}:${hash}`;
}

/** Reads a button's id; undefined where it is not one of ours. */
export function readCustomId(text: string): Press | undefined {
  const [, kind, id, choice, hash] = pattern.exec(text) ?? [];
  return kind === undefined || choice === undefined || hash === undefined
    ? undefined
    : { kind, id: Number(id), choice, hash };
}

/** The hash of what a card shows. */
export function hashOfVersion(version: string): string {
  return createHash('sha256').update(version).digest('hex').slice(0, 8);
}
