import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import express from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { agentRoutes } from '../../../../src/faces/dashboard/http/agents.ts';
import { type AgentPass, createAgentPasses } from '../../../../src/tasks/mcp/passes.ts';
import { definitionsOf } from '../../../../src/tasks/mcp/tools.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const pass: AgentPass = {
  task: { id: 7, eventId: 70, source: 'cli', replyTo: null },
  standing: { trust: 'owner', depth: 0 },
  tools: ['recall', 'remember'],
};

/** The routes before passes that are real and tools that answer what they were asked. */
async function open() {
  const passes = createAgentPasses();
  const agents = {
    join(token: string) {
      const { session, pass: opened } = passes.join(token);
      const { task, tools } = opened;
      return { session, taskId: task?.id ?? null, tools, definitions: definitionsOf(tools) };
    },
    call: (session: string, tool: string, input: unknown) =>
      Promise.resolve(`${tool} of task ${passes.passOf(session).task.id}: ${JSON.stringify(input)}`),
  };
  const app = express().use(
    agentRoutes(agents, (_, response, message) => void response.status(401).json({ error: { message } })),
  );
  const server = await new Promise<Server>((resolve) => {
    const made = app.listen(0, '127.0.0.1', () => resolve(made));
  });
  servers.push(server);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  const post = (token: string | undefined, body: string) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
  return { passes, url, post };
}

async function connect(url: URL, token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  // Its types do not allow for exact optional properties.
  const transport = new StreamableHTTPClientTransport(url, { requestInit }) as unknown as Parameters<
    Client['connect']
  >[0];
  await client.connect(transport);
  return client;
}

describe('the MCP server of the daemon, met by the client of the SDK', () => {
  it('shows the tools of the run whose token it is, and calls them in its name', async () => {
    const { passes, url } = await open();
    const client = await connect(url, passes.issue(pass));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['recall', 'remember']);
    const input = { text: 'the hose' };
    expect(await client.callTool({ name: 'recall', arguments: input })).toMatchObject({
      content: [{ type: 'text', text: `recall of task 7: ${JSON.stringify(input)}` }],
    });
    await client.close();
  });

  it('takes the same token again for as long as its task runs, and never after that', async () => {
    const { passes, url } = await open();
    const token = passes.issue(pass);
    await (await connect(url, token)).close();
    const again = await connect(url, token);
    expect((await again.listTools()).tools).toHaveLength(2);
    expect(passes.revoke(7)).toBe(false);
    await expect(again.listTools()).rejects.toThrow(/expected the token of a running task/);
    await again.close();
  });

  it('shows the tools to an agent that waits for its task, which can call none until one has claimed it', async () => {
    const { passes, url } = await open();
    const held = passes.hold({ standing: pass.standing, tools: pass.tools });
    const client = await connect(url, held.token);
    expect((await client.listTools()).tools).toHaveLength(2);
    const call = () => client.callTool({ name: 'recall', arguments: { text: 'a' } });
    expect(await call()).toMatchObject({ isError: true });
    held.bind(pass.task);
    expect(await call()).toMatchObject({ content: [{ text: expect.stringContaining('task 7') as string }] });
    await client.close();
  });

  it('lets nobody in without a good token, and says how it is asked', async () => {
    const { passes, post, url } = await open();
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect((await post(undefined, ping)).status).toBe(401);
    expect((await post('guessed', ping)).status).toBe(401);
    const token = passes.issue(pass);
    expect((await post(token, ping)).status).toBe(200);
    const broken = await post(token, '{');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: -32700 } });
    const note = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    expect((await post(token, note)).status).toBe(202);
    const read = await fetch(url);
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
