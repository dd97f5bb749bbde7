import { z } from 'zod';
import { entityKinds } from './extraction.ts';

const kind = z.enum(entityKinds);
const name = z.string().min(1).max(500);

/** What `GET /v1/entities` takes. */
export const entitiesQuery = z.strictObject({
  text: z.string().max(500).optional(),
  kind: kind.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});

/** What `GET /v1/graph` takes. */
export const pictureQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  kind: kind.optional(),
  around: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** What `GET /v1/entities/ignored` takes. */
export const ignoredQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(50) });

/** The number or a name of an entity in a path. */
export const entityRef = name;

export const teachBody = z.strictObject({ kind, name, aliases: z.array(name).max(50).default([]) });
export const mergeBody = z.strictObject({ into: name });
export const splitBody = z.strictObject({ aliases: z.array(name).min(1).max(50) });
export const renameBody = z.strictObject({ name });
export const forgetBody = z.strictObject({ ignore: z.boolean().default(false) });
