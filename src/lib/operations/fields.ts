import { z } from 'zod';

const maxTextChars = 100_000;
const maxReasonChars = 2_000;

/** A row's number: a number over a socket, a word of a path over HTTP. */
export const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** How many rows a list has at most. */
export const limit = z.coerce.number().int().min(1).max(1000).default(50);
/** A source, category or the like. */
export const word = z.string().min(1).max(64);
/** Something to be looked for in texts. */
export const search = z.string().min(1).max(500);
/** Why the owner decided so, in their words. */
export const reason = z.string().max(maxReasonChars).optional();
export const text = z.string().min(1).max(maxTextChars);
export const time = z.iso.datetime({ offset: true }).transform((given) => new Date(given));
/** Yes or no: a boolean over a socket, a word over HTTP. */
export const flag = z.union([z.boolean(), z.stringbool()]);
/** A conversation's name, as `ninjad ask --conversation` takes it. */
export const conversationName = z.string().min(1).max(128);

export const nothing = z.strictObject({});
export const byId = z.strictObject({ id });

/** Pages go back in time: `before` is the `next` of the page before. */
export const page = { before: id.optional(), limit };
