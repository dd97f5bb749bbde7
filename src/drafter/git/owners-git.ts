import { type Git, gitWords, tryGit, zeroSeparated } from './run-git.ts';

const maxChanges = 5;
/** Settings that stand before those of the repository itself. */
const fixed: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.pager', 'cat'],
  ['diff.external', ''],
  ['submodule.recurse', 'false'],
  ['status.submoduleSummary', 'false'],
];

/**
 * Git in a repository that has a configuration of its own: each program that this names (filters, textual conversions, merge
 * drivers, hooks, monitors) is taken out of force. Reading the names runs nothing.
 */
export async function withoutPrograms(how: Git, path: string): Promise<Git> {
  const listed = await tryGit(how, path, ['config', '--list', '--name-only', '-z']);
  const named = listed.code === 0 ? [...new Set(zeroSeparated(listed.stdout.toString('utf8')))] : [];
  const silenced = named.flatMap((name): [string, string][] => {
    if (/^filter\..*\.required$/s.test(name)) return [[name, 'false']];
    return /^(?:filter\..*\.(?:clean|smudge|process)|diff\..*\.(?:command|textconv)|merge\..*\.driver)$/s.test(
      name,
    )
      ? [[name, '']]
      : [];
  });
  const settings = [...fixed, ...silenced];
  const env: Record<string, string> = { ...how.env, GIT_CONFIG_COUNT: String(settings.length) };
  for (const [at, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  return { ...how, env };
}

/** What is not committed in a checkout, in words; undefined where all is. Files that git ignores do not count. */
export async function isDirty(how: Git, path: string): Promise<string | undefined> {
  const status = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=all'];
  const end = await tryGit(how, path, status);
  if (end.code !== 0) return `its state cannot be told: ${gitWords(end)}`;
  const changes = zeroSeparated(end.stdout.toString('utf8'));
  if (changes.length === 0) return undefined;
  const shown = changes.slice(0, maxChanges).map((line) => JSON.stringify(line.slice(3)));
  const more = changes.length > maxChanges ? ` and ${changes.length - maxChanges} more` : '';
  return `not committed: ${shown.join(', ')}${more}`;
}
