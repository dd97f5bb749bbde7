import { z } from 'zod';

const maxNameChars = 57;

/** The name of a sensor as it stands in its source, `sensor:NAME`; so both together fit into the wire's 64 characters. */
export const sensorName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,56}$/,
    `expected up to ${maxNameChars} letters, digits and ._:-, a letter or digit first`,
  );

/** The source of its events. */
export function sourceOfSensor(name: string): string {
  return `sensor:${name}`;
}

/** What stands before the colon: `tls` of `tls:nas`. */
export function kindInName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(0, colon);
}
