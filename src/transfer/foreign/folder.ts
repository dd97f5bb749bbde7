import { readdir, stat } from 'node:fs/promises';
import { messageOf } from '../../lib/errors.ts';

/** A file of a folder. */
export interface FoundFile {
  /** Its path within the folder, for people. */
  name: string;
  /** Its whole path, in the bytes that the disk has: names of another encoding are no UTF-8. */
  path: Buffer;
}

export interface FolderContents {
  /** In the order of their names. */
  files: FoundFile[];
  /** What could not be looked into, or is a link, in sentences. */
  problems: string[];
}

/** The files below a folder that `isWanted` by their names, without hidden folders, which hold what belongs to programs. Follows no link. */
export async function filesBelow(
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<FolderContents> {
  const found: FolderContents = { files: [], problems: [] };
  const within: FoundFile[] = [{ name: '', path: Buffer.from(folder) }];
  for (let at = within.pop(); at !== undefined; at = within.pop()) {
    const { name: above, path } = at;
    try {
      for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
        const name = above + nameIn(entry.name);
        const below = { name, path: Buffer.concat([path, slash, entry.name]) };
        if (entry.name[0] === dot) continue;
        if (entry.isDirectory()) within.push({ ...below, name: `${name}/` });
        else if (entry.isFile() && isWanted(name)) found.files.push(below);
        else if (entry.isSymbolicLink() && (isWanted(name) || (await isFolder(below.path))))
          found.problems.push(`${name}: it is a link, which is not followed`);
      }
    } catch (thrown) {
      // The folder itself is the caller's to answer for.
      if (above === '') throw thrown;
      found.problems.push(`${above}: it cannot be read: ${messageOf(thrown)}`);
    }
  }
  found.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  found.problems.sort();
  return found;
}

const slash = Buffer.from('/');
const dot = 0x2e;

function nameIn(bytes: Buffer): string {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes.toString('latin1');
}

async function isFolder(path: Buffer): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
