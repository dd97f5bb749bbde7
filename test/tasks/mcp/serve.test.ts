import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';

it('answers what it cannot read with the codes of JSON-RPC, and goes on', () => {
  const { command, args } = childEntry(import.meta.url, '../../fixtures/mcp/serve.ts');
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  const lines = [
    '{"jsonrpc":',
    'no JSON',
    '{"a":1}',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  ];
  const { stdout } = spawnSync(command, args, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: unknown; error?: { code: number } });
  expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
    [null, -32700],
    [null, -32700],
    [null, -32600],
    [1, undefined],
  ]);
});
