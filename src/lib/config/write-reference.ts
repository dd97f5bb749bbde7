import { readFileSync, writeFileSync } from 'node:fs';
import { withSettingsTable } from './reference.ts';

// Run by `npm run config:docs`: writes the table of settings into the named file.
const [readme = 'README.md'] = process.argv.slice(2);
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8')));
