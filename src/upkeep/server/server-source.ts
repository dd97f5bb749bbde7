import { rm } from 'node:fs/promises';
import { folderBeside } from '../backup/leftovers.ts';
import type { HeldHome, Source } from '../backup/source.ts';
import { databaseBytes, dumpServer } from './dump.ts';

/**
 * A home whose database is on a server: it is dumped into a file beside `to` once the home is held, so that an event which is not
 * in the dump is in the journal that is read after it.
 */
export function serverSource(home: HeldHome, { url, to }: { url: string; to: string }): Source {
  let folder: string | undefined;
  const source: Source = {
    ...home,
    // A dump, compressed, and once more in the archive.
    room: () => databaseBytes(url),
    async begin() {
      const { generation } = await home.begin();
      try {
        folder = await folderBeside(to, 'look');
        const { path, database, counts } = await dumpServer({ url, folder, breathe: () => home.breathe() });
        source.dump = { path };
        return { generation, database, counts, filled: [] };
      } catch (thrown) {
        await source.end().catch(() => undefined);
        throw thrown;
      }
    },
    stillFilled: () => Promise.resolve([]),
    async end() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      folder = undefined;
      await home.end();
    },
  };
  return source;
}
