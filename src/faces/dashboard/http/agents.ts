import type { IncomingMessage } from 'node:http';
import express, { type Request, type Response, Router } from 'express';
import { NotFoundError } from '../../../lib/errors.ts';
import { packageVersion } from '../../../lib/version.ts';
import type { AgentTools, OpenedTools } from '../../../tasks/mcp/agent-tools.ts';
import { isFromHere, mcpPath } from '../../../tasks/mcp/door.ts';
import { answerMessage, readLine, type ToolServer } from '../../../tasks/mcp/json-rpc.ts';
import { mcpServerName } from '../../../tasks/mcp/run-config.ts';
import type { AgentTool } from '../../../tasks/mcp/tools.ts';
import { bearerOf, type RefuseWrong } from './guard.ts';

/** What running agents ask for. */
export type AgentDoor = Pick<AgentTools, 'join' | 'call'>;

/** As much as the control socket takes. */
const maxBytes = 4 * 1024 * 1024;

/**
 * `POST /mcp` for running agents, from this machine only and each by the token of its run: the Model Context Protocol over
 * HTTP (https://modelcontextprotocol.io/specification/2025-11-25/basic/transports), one message a request, answered as JSON.
 * There are no streams of ours to follow and no sessions to end: the token says whose request it is.
 */
export function agentRoutes(agents: AgentDoor, refuseWrong: RefuseWrong): Router {
  const router = Router();
  router.post(
    mcpPath,
    (request, response, next) => {
      response.set('cache-control', 'no-store');
      const opened = openedFor(agents, request);
      if (opened === undefined) {
        refuseWrong(request, response, 'expected the token of a running task as "Authorization: Bearer …"');
        return;
      }
      response.locals['opened'] = opened;
      next();
    },
    express.text({ type: () => true, limit: maxBytes }),
    async (request: Request, response: Response) => {
      const read = readLine(typeof request.body === 'string' ? request.body : '');
      if ('refusal' in read) {
        response.status(400).json(read.refusal);
        return;
      }
      const server = serverFor(agents, response.locals['opened'] as OpenedTools);
      const answer = await answerMessage(server, read.message);
      if (answer === undefined) response.status(202).end();
      else response.json(answer);
    },
  );
  router.all(mcpPath, (_, response) => {
    response
      .set('allow', 'POST')
      .status(405)
      .json({ error: { code: 'USAGE', message: 'expected a POST' } });
  });
  return router;
}

/** Whether a request shows the token of a running agent, and comes from this machine. */
export function isOfAgent(agents: AgentDoor, request: IncomingMessage): boolean {
  return request.url === mcpPath && openedFor(agents, request) !== undefined;
}

function openedFor(agents: AgentDoor, { headers, socket }: IncomingMessage): OpenedTools | undefined {
  const token = bearerOf(headers);
  if (token === undefined || !isFromHere(socket.remoteAddress ?? '')) return undefined;
  try {
    return agents.join(token);
  } catch (thrown) {
    if (thrown instanceof NotFoundError) return undefined;
    throw thrown;
  }
}

function serverFor(agents: AgentDoor, { session, definitions }: OpenedTools): ToolServer {
  return {
    name: mcpServerName,
    version: packageVersion(),
    tools: definitions,
    call: (tool, input) => agents.call(session, tool as AgentTool, input),
  };
}
