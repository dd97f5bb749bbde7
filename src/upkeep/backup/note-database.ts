import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../lib/write-whole.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Has the settings of a home name the database on a server that is its own from now on. */
export function noteDatabase(home: string, url: string): void {
  const path = join(home, 'config.json');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  // What the archive says is the place of before.
  const cut = withoutSecrets(text, (key) => key === 'database.url').text;
  const settings = { ...(JSON.parse(cut) as Record<string, unknown>), 'database.url': url };
  writeWhole(path, `${JSON.stringify(settings, null, 2)}\n`, { flush: true });
}
