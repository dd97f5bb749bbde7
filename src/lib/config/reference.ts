import { NinjadError } from '../errors.ts';
import type { SettingsSchema } from './schema.ts';

const begin = '<!-- settings:begin -->';
const end = '<!-- settings:end -->';

/** The table of all settings in Markdown, as README shows it. */
export function settingsTable<Values>(schema: SettingsSchema<Values>): string {
  const defaults = schema.defaults();
  const rows = schema.keys.map((key) => {
    const { description, env, hot } = schema.meta(key);
    const variable = env === undefined ? '' : code(env);
    return [code(key), code(JSON.stringify(defaults[key])), variable, hot ? 'yes' : '', description];
  });
  const header = ['setting', 'default', 'environment', 'at run time', 'what it does'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** `readme` with the current table between its markers; throws `NinjadError` MARKERS_MISSING where they are not there. */
export function withSettingsTable<Values>(schema: SettingsSchema<Values>, readme: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from)
    throw new NinjadError('MARKERS_MISSING', `expected ${begin} and ${end} in the README`);
  // Prettier would pad every cell to the longest description.
  return `${readme.slice(0, from + begin.length)}\n\n<!-- prettier-ignore -->\n${settingsTable(schema)}\n\n${readme.slice(to)}`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
