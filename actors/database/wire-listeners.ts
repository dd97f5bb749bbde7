import type { WireClient } from './wire-client.ts';
import { type Frame, frameType, stringAt } from './wire-frames.ts';

/** The SQL of a group: of its simple query, or of what it has parsed. */
export function textOfGroup(group: readonly Frame[]): string {
  return group
    .map((message) => {
      if (frameType(message) === 'Q') return stringAt(message, 5).text;
      if (frameType(message) !== 'P') return '';
      return stringAt(message, stringAt(message, 5).end).text;
    })
    .join('\n');
}

const listening =
  /\b(?<verb>listen|unlisten)\s+(?:"(?<quoted>(?:[^"]|"")+)"|(?<plain>[a-z_][\w$]*|\*))|\b(?<discard>discard\s+all)\b/gi;

/** The channels on which a client listens after it has said this; Postgres took it. */
export function channelsAfter(before: ReadonlySet<string>, text: string): Set<string> {
  const channels = new Set(before);
  for (const { groups = {} } of text.matchAll(listening)) {
    const { verb = '', quoted, plain = '' } = groups;
    const name = quoted === undefined ? plain.toLowerCase() : quoted.replaceAll('""', '"');
    if (verb.toLowerCase() === 'listen') channels.add(name);
    else if (verb === '' || plain === '*') channels.clear();
    else channels.delete(name);
  }
  return channels;
}

/** Has the one session listen for all of its clients, whatever one of them has said for all. */
export function listenTo(clients: Iterable<WireClient>): string {
  const channels = new Set([...clients].flatMap((client) => [...client.channels]));
  return ['UNLISTEN *', ...[...channels].map((name) => `LISTEN "${name.replaceAll('"', '""')}"`)].join('; ');
}
