import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { type DaemonOptions, endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';

/** Starts daemons with the real CLI behind a script that can be touched, and with one started ahead; to be called at the top of a file. */
export function useStandbys() {
  leakGuard({ withinMs: 15_000 });
  const homes: ClaudeHome[] = [];
  afterEach(async () => {
    await endDaemons();
    for (const home of homes.splice(0)) await home.remove();
  });
  return async (options: DaemonOptions = {}): Promise<{ claude: ClaudeHome; daemon: TestDaemon }> => {
    const claude = await createClaudeHome();
    homes.push(claude);
    const script = agentOf(claude);
    writeFileSync(script, scriptBefore(claude));
    chmodSync(script, 0o755);
    return { claude, daemon: await restart(claude, options) };
  };
}

/** A file "hold" beside it holds up the one run that finds it, until "go" is there. */
function scriptBefore({ path, home }: ClaudeHome): string {
  return `#!/bin/sh
case "$*" in *--version*) exec '${path}' "$@" ;; esac
if mv '${home}/hold' '${home}/held' 2>/dev/null; then
  until [ -e '${home}/go' ]; do sleep 0.1; done
fi
exec '${path}' "$@"
`;
}

/** Holds up the next run, from before it is the CLI until `go`. */
export function holdNext({ home }: ClaudeHome) {
  for (const name of ['held', 'go']) rmSync(join(home, name), { force: true });
  writeFileSync(join(home, 'hold'), '');
  return {
    isHeld: () => existsSync(join(home, 'held')),
    go: () => writeFileSync(join(home, 'go'), ''),
  };
}

/** Starts another life of such a daemon. */
export async function restart(claude: ClaudeHome, { env, ...options }: DaemonOptions): Promise<TestDaemon> {
  const own = { NINJAD_AGENT: agentOf(claude), NINJAD_FOO: 'foo', NINJAD_STANDBY: '1' };
  return startDaemon({ ...options, env: { ...claude.env, ...own, ...env } });
}

/** The script before the CLI. */
export function agentOf(claude: ClaudeHome): string {
  return join(claude.home, 'agent');
}

/** Asks in a conversation; the answer comes at the first attempt. */
export async function ask(daemon: TestDaemon, words: string, conversation = 'garden'): Promise<void> {
  const asked = await daemon.ninjad('ask', '--conversation', conversation, `[[say ${words}]]`);
  expect(asked).toMatchObject({ code: 0, stdout: `${words}\n` });
  expect(await daemon.value('SELECT attempts FROM tasks ORDER BY id DESC LIMIT 1')).toBe(1);
}
