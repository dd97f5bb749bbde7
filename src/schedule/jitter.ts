import { SECOND } from '../lib/time.ts';
import type { Instants } from './instants.ts';
import type { JobDefinition } from './job.ts';

/**
 * When a fire begins: up to `jitterMs` after its instant, and always before the next one. The delay is a hash of job and
 * instant, so that every daemon and every life finds the same.
 */
export function dueAt(
  { id, jitterMs }: Pick<JobDefinition, 'id' | 'jitterMs'>,
  instants: Pick<Instants, 'next'>,
  nominalAt: Date,
): Date {
  if (jitterMs <= 0) return nominalAt;
  const gapMs = (instants.next(nominalAt)?.getTime() ?? Infinity) - nominalAt.getTime() - SECOND;
  const mostMs = Math.min(jitterMs, Math.max(0, gapMs));
  return new Date(nominalAt.getTime() + (hash(`${id} ${nominalAt.getTime()}`) % (Math.floor(mostMs) + 1)));
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv), with a last mix, since its low bits hardly differ for near texts. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
