import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files of the CLI's HOME, as copies in a folder that it may write to: over a single file that is mounted it could not rename
 * its new one, and would take itself for logged out. There is no login in them.
 */
export function seedHome(home: string): void {
  mkdirSync(join(home, '.claude'), { recursive: true });
  write(join(home, '.claude.json'), { hasCompletedOnboarding: true, autoUpdates: false });
  write(join(home, '.claude', 'settings.json'), { includeCoAuthoredBy: false });
}

function write(path: string, contents: object): void {
  writeFileSync(path, `${JSON.stringify(contents)}\n`, { mode: 0o600 });
}
