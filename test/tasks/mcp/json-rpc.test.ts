import { expect, it } from 'vitest';
import { answerMessage, type ToolServer } from '../../../src/tasks/mcp/json-rpc.ts';
import { agentToolNames, definitionsOf, toolsFor } from '../../../src/tasks/mcp/tools.ts';

const server: ToolServer = {
  name: 'ninjad',
  version: '1.2.3',
  tools: definitionsOf(['recall']),
  call: (tool, input) =>
    tool === 'recall'
      ? Promise.resolve(`${tool} ${JSON.stringify(input)}`)
      : Promise.reject(new Error(`nobody calls ${tool}`)),
};
const ask = (message: object) => answerMessage(server, { jsonrpc: '2.0', ...message });

it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
  'speaks the version that the client speaks: %s',
  async (protocolVersion) => {
    expect(await ask({ id: 1, method: 'initialize', params: { protocolVersion } })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'ninjad', version: '1.2.3' },
      },
    });
  },
);

it('offers its newest version to a client that names another', async () => {
  const answer = await ask({ id: 'a', method: 'initialize', params: { protocolVersion: '2099-01-01' } });
  expect(answer).toMatchObject({ id: 'a', result: { protocolVersion: '2025-11-25' } });
  expect(await ask({ id: 2, method: 'initialize' })).toMatchObject({ id: 2, result: {} });
});

it('lists its tools with JSON Schema, in which what has a default is not required', async () => {
  const answer = await ask({ id: 1, method: 'tools/list' });
  expect(answer).toMatchObject({
    result: {
      tools: [
        {
          name: 'recall',
          title: 'Recall',
          inputSchema: {
            type: 'object',
            properties: { text: { type: 'string' }, limit: { type: 'integer', default: 8 } },
            required: ['text'],
          },
        },
      ],
    },
  });
  expect(definitionsOf(agentToolNames).map(({ name }) => name)).toEqual([...agentToolNames]);
  expect(definitionsOf(toolsFor('untrusted')).map(({ name }) => name)).not.toContain('queue_task');
});

it('calls a tool, and tells the model what went wrong as its answer', async () => {
  const call = { id: 7, method: 'tools/call', params: { name: 'recall', arguments: { text: 'x' } } };
  expect(await ask(call)).toMatchObject({
    id: 7,
    result: { content: [{ type: 'text', text: 'recall {"text":"x"}' }] },
  });
  const failing = { ...server, call: () => Promise.reject(new Error('a limit is reached')) };
  expect(await answerMessage(failing, { jsonrpc: '2.0', ...call })).toMatchObject({
    result: { isError: true, content: [{ type: 'text', text: 'a limit is reached' }] },
  });
});

it.each([
  ['a tool that it has not', { id: 1, method: 'tools/call', params: { name: 'queue_task' } }, -32602],
  ['a call without a name', { id: 1, method: 'tools/call' }, -32602],
  ['a method that it does not know', { id: 1, method: 'resources/list' }, -32601],
  ['an id that is none', { id: { a: 1 }, method: 'ping' }, -32600],
  ['no method', { id: 1 }, -32600],
])('refuses %s with its code', async (_, message, code) => {
  expect(await ask(message)).toMatchObject({ error: { code } });
});

it.each([[[{ jsonrpc: '2.0', id: 1, method: 'ping' }]], [null], ['text'], [{ id: 1, method: 'ping' }]])(
  'refuses what is no message of JSON-RPC 2.0: %j',
  async (message) => {
    expect(await answerMessage(server, message)).toMatchObject({ id: null, error: { code: -32600 } });
  },
);

it('answers a ping, and neither notifications nor answers that nobody asked for', async () => {
  expect(await ask({ id: 0, method: 'ping' })).toEqual({ jsonrpc: '2.0', id: 0, result: {} });
  expect(await ask({ method: 'notifications/initialized' })).toBeUndefined();
  expect(await ask({ method: 'no/such' })).toBeUndefined();
  expect(await ask({ id: 4, result: {} })).toBeUndefined();
});
