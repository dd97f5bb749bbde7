import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeGeminiHome } from '../../../src/tasks/agents/gemini/home.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function homes() {
  const [owners, folder] = [join(tempDir(), '.gemini'), tempDir()];
  mkdirSync(join(owners, 'policies'), { recursive: true });
  writeFileSync(join(owners, 'oauth_creds.json'), 'a login');
  const settings =
    '// mine\n{"tools":{"sandbox":false,"core":["run_shell_command"]},"mcpServers":{"other":{}},"ui":{"theme":"a//b"}}';
  writeFileSync(join(owners, 'settings.json'), settings);
  const made = (name: string) => join(folder, '.gemini', name);
  return { owners, folder, made };
}

const server = { command: 'node', args: ['mcp'], env: { A: 'b' } };

it("gives a run the owner's login and settings, its own tools and servers, and no rule of the owner's that could widen them", () => {
  const { owners, folder, made } = homes();
  const settings = { permissionMode: 'dontAsk', allowedTools: ['Read'] } as const;
  makeGeminiHome(folder, { owners, settings, servers: { ninjad: server }, hasKey: true });
  expect(JSON.parse(readFileSync(made('settings.json'), 'utf8'))).toMatchObject({
    tools: { sandbox: false, core: ['read_file', 'read_many_files'] },
    mcpServers: { ninjad: { ...server, trust: true } },
    security: { auth: { selectedType: 'gemini-api-key' } },
    ui: { theme: 'a//b' },
  });
  expect(JSON.parse(readFileSync(made('settings.json'), 'utf8'))).not.toHaveProperty('mcpServers.other');
  expect(readFileSync(made('oauth_creds.json'), 'utf8')).toBe('a login');
  expect(() => lstatSync(made('policies'))).toThrow('ENOENT');
});

it("leaves what a run keeps in the owner's home, and is made anew for a second start without harm to that", () => {
  const { owners, folder, made } = homes();
  const options = { owners, settings: {}, servers: {}, hasKey: false };
  makeGeminiHome(folder, options);
  writeFileSync(join(made('tmp'), 'session'), 'kept');
  makeGeminiHome(folder, options);
  expect(readFileSync(join(owners, 'tmp', 'session'), 'utf8')).toBe('kept');
  expect(readFileSync(join(made('tmp'), 'session'), 'utf8')).toBe('kept');
});
