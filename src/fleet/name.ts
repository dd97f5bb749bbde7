import { z } from 'zod';

/** A host's name as it stands in the source `fleet:NAME`; it never begins with a dash, so that no program reads it as an option. */
export const hostName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,57}$/,
    'expected a name of up to 58 letters, digits and ._-, a letter or digit first',
  );

/** Source of the events of a host. */
export function sourceOfHost(name: string): string {
  return `fleet:${name}`;
}

/** Source of what is said about the fleet as a whole. */
export const fleetSource = 'fleet';
