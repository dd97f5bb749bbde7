import { agentIcon, agentTitle } from '../format/agents.js';
import { Icon } from '../shell/icon.js';
import { html } from '../view.js';

/** An agent by its sign and name. @param {{ name: string, title?: string }} props `title`: what is to be known besides */
export function AgentName({ name, title }) {
  const icon = agentIcon(name);
  return html`<span class="agent-sign" title=${title}
    >${icon === undefined ? null : html`<${Icon} path=${icon} size=${14} />`}${agentTitle(name)}</span
  >`;
}
