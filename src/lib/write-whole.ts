import { renameSync, rmSync, writeFileSync } from 'node:fs';

export interface WriteWholeOptions {
  /** True where the content has to be on the disk before it takes its name. Default false. */
  flush?: boolean;
}

/**
 * Writes a private file (mode 0600) whole or not at all: beside its place, and renamed into it. Whatever had its name, a link
 * for one, is replaced and not followed. Throws what the file system says.
 */
export function writeWhole(
  path: string,
  content: string | Buffer,
  { flush = false }: WriteWholeOptions = {},
): void {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  try {
    writeFileSync(beside, content, { mode: 0o600, flag: 'wx', flush });
    renameSync(beside, path);
  } catch (thrown) {
    // On a full disk what is there by now would take room for nothing.
    rmSync(beside, { force: true });
    throw thrown;
  }
}
