import { readFileSync, writeFileSync } from 'node:fs';
import { withSettingsTable } from './lib/config/reference.ts';
import { settingsSchema } from './settings.ts';

// Run by `npm run config:docs`: writes the table of settings into the named file.
const [readme = 'README.md'] = process.argv.slice(2);
writeFileSync(readme, withSettingsTable(settingsSchema, readFileSync(readme, 'utf8')));
