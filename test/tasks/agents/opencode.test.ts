import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opencode } from '../../../src/tasks/agents/opencode.ts';
import { opencodePermissions } from '../../../src/tasks/agents/opencode/config.ts';
import type { AgentSettings } from '../../../src/tasks/run/agent-settings.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function commandLine(
  session: { create: string } | { resume: string } | { fork: string },
  settings: AgentSettings = {},
) {
  const folder = join(tempDir(), 'run');
  const env = { HOME: '/home/x', OPENCODE_CONFIG_CONTENT: '{"theme":"t","mcp":{"own":{"type":"local"}}}' };
  const turn = { session, settings, cwd: '/work', folder, env };
  return opencode.commandLine({ kind: 'opencode', path: '/bin/opencode', version: '0' }, turn);
}

describe('opencode', () => {
  it('works in the folder of its session, goes on in it or in a copy of it', () => {
    const { args } = commandLine({ create: 'ours' }, { model: 'p/m' });
    expect(args).toEqual(expect.arrayContaining(['--dir', '/work', '-m', 'p/m']));
    expect(args).not.toContain('ours');
    expect(commandLine({ resume: 'ses_1' }).args).toEqual(expect.arrayContaining(['-s', 'ses_1']));
    expect(commandLine({ fork: 'ses_1' }).args).toEqual(expect.arrayContaining(['-s', 'ses_1', '--fork']));
  });

  it("is given our server beside the owner's configuration, and its token by a file, not by what each tool inherits", () => {
    const mcpConfig = join(tempDir(), 'mcp.json');
    const server = { command: 'node', args: ['mcp'], env: { NINJAD_MCP_TOKEN: 'the token' } };
    writeFileSync(mcpConfig, JSON.stringify({ mcpServers: { ninjad: server } }));
    const { args, env } = commandLine({ create: 'x' }, { mcpConfig });
    expect(JSON.stringify([args, env])).not.toContain('the token');
    const content = JSON.parse(env?.['OPENCODE_CONFIG_CONTENT'] ?? '') as {
      theme: string;
      mcp: { own: object; ninjad: { command: string[]; environment: Record<string, string> } };
    };
    expect(content).toMatchObject({ theme: 't', mcp: { own: { type: 'local' } } });
    expect(content.mcp.ninjad.command).toEqual(['node', 'mcp']);
    const file = /^\{file:(.*)\}$/.exec(content.mcp.ninjad.environment['NINJAD_MCP_TOKEN'] ?? '')?.[1];
    expect(readFileSync(file ?? '', 'utf8')).toBe('the token');
  });

  it('may do what is named, and nothing else', () => {
    expect(opencodePermissions({ permissionMode: 'dontAsk', tools: [] }, ['ninjad'])).toEqual({
      '*': 'deny',
      'ninjad_*': 'allow',
    });
    const owners = { permissionMode: 'acceptEdits', allowedTools: ['Bash'] } as const;
    expect(opencodePermissions(owners, [])).toMatchObject({ '*': 'deny', bash: 'allow', edit: 'allow' });
    expect(opencodePermissions(owners, [])).not.toHaveProperty('webfetch');
    expect(opencodePermissions({ permissionMode: 'acceptEdits' }, [])).not.toHaveProperty(
      'external_directory',
    );
  });

  it('says by stderr that a session is gone', () => {
    expect(opencode.lastWords('Error: Session not found')).toEqual({ staleSession: true });
    expect(opencode.lastWords('! permission requested')).toEqual({ staleSession: false });
  });
});
