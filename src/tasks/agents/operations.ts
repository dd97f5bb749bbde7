import { z } from 'zod';
import type { Bus } from '../../lib/bus.ts';
import type { ListFacts } from '../../lib/operations/facts.ts';
import { flag, nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';
import { agentNameExpected, agentNames } from '../../lib/wire/agent-names.ts';
import { listAgentFailures } from '../rows/agent-failures.ts';
import { agentView, type AgentSources, type AgentView } from './agent-view.ts';
import { triedAgent, tryAgent, type TryNeeds } from './try-agent.ts';

/** Services that the operations of agents use. */
export interface AgentNeeds extends AgentSources, Omit<TryNeeds, 'bus'> {
  bus: TryNeeds['bus'] & Pick<Bus<ListFacts>, 'emit'>;
}

const shownFailures = 5;
const tryInput = z.strictObject({ name: z.enum(agentNames, agentNameExpected) });
const triedInput = z.strictObject({ key: z.string().min(1).max(300), wait: flag.default(false) });

/** Operations of agents. */
export const agentListOperations = {
  'agents.list': operation('GET /agents', nothing, async (needs: AgentNeeds): Promise<AgentView[]> => {
    const failures = await listAgentFailures(needs.store, shownFailures);
    const onFound = (): void => needs.bus.emit('list.changed', { list: 'agents.list' });
    return Promise.all(
      needs.agents
        .names()
        .map((name) => agentView(needs, name, { failures: failures.get(name) ?? [], onFound })),
    );
  }),
  'agents.try': operation(
    'POST /agents/:name/try',
    tryInput,
    (needs: AgentNeeds, { name }, caller) => tryAgent(needs, name, caller),
    { unrecorded: 'the event and the task that it makes are its record' },
  ),
  'agents.tried': operation('GET /agents/tries/:key', triedInput, (needs: AgentNeeds, query) =>
    triedAgent(needs, query),
  ),
};
