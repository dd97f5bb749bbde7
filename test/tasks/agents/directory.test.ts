import { expect, it } from 'vitest';
import { createAgentDirectory } from '../../../src/tasks/agents/directory.ts';

const nobody = { command: 'true', args: [] };

it('finds nobody in the place of a program that is not set', async () => {
  const set: { command?: readonly string[] } = {};
  const agents = createAgentDirectory({
    home: '/nonexistent',
    env: { PATH: '/bin' },
    systemFolders: [],
    nodePath: '/nonexistent/bin/node',
    preferred: () => undefined,
    pathOf: () => undefined,
    command: () => set.command,
    commandEntry: nobody,
    offlineEntry: nobody,
  });
  expect(agents.names()).toEqual(['claude', 'codex', 'gemini', 'opencode']);
  expect(await agents.of('command').resolve()).toMatchObject({
    kind: 'misconfigured',
    reason: 'agent.command names no program',
  });
  set.command = ['/bin/cat'];
  expect(agents.preferred()).toBe('command');
  expect(await agents.resolve()).toMatchObject({ kind: 'command', path: '/bin/cat' });
});
