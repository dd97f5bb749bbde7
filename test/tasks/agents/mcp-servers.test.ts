import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readMcpServers } from '../../../src/tasks/agents/mcp-servers.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

it('reads servers that are programs and servers that are addresses, and no field besides', () => {
  const path = join(tempDir(), 'mcp.json');
  const program = { type: 'stdio', alwaysLoad: true, command: 'node', args: ['x', 'mcp'], env: { A: 'b' } };
  const address = { type: 'http', url: 'http://127.0.0.1:1/mcp', headers: { Authorization: 'Bearer c' } };
  writeFileSync(path, JSON.stringify({ mcpServers: { ninjad: program, other: address } }));
  expect(readMcpServers(path)).toEqual({
    ninjad: { command: 'node', args: ['x', 'mcp'], env: { A: 'b' } },
    other: { url: 'http://127.0.0.1:1/mcp', headers: { Authorization: 'Bearer c' } },
  });
});
