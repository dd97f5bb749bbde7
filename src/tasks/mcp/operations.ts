import { z } from 'zod';
import { operation } from '../../lib/operations/operation.ts';
import type { AgentTools } from './agent-tools.ts';
import { agentToolNames } from './tools.ts';

/** Services that the operations of running agents use. */
export interface AgentNeeds {
  agentTools: AgentTools;
}

/** The token of a run, or the session that its MCP server got for it. */
const secret = z.string().min(1).max(128);
const options = { faces: ['cli'], unrecorded: 'the tools record what agents do' } as const;

/** Operations of the MCP servers of running agents; they come by the control socket only. */
export const agentOperations = {
  'agent.open': operation(
    'POST /agent/open',
    z.strictObject({ token: secret }),
    ({ agentTools }: AgentNeeds, { token }) => agentTools.open(token),
    options,
  ),
  'agent.call': operation(
    'POST /agent/call',
    z.strictObject({ session: secret, tool: z.enum(agentToolNames), input: z.unknown() }),
    async ({ agentTools }: AgentNeeds, { session, tool, input }) => ({
      text: await agentTools.call(session, tool, input),
    }),
    options,
  ),
};
