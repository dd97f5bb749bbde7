/** @typedef {import('../../../src/lib/wire/agent-names.ts').AgentName} AgentName */

/**
 * What each agent is called, and its sign on a 16 × 16 grid, drawn as lines.
 * @type {Readonly<Record<AgentName | 'offline', { title: string, icon: string }>>}
 */
const agents = {
  claude: { title: 'Claude Code', icon: 'M8 2.5v11M3.2 5.2l9.6 5.6M12.8 5.2l-9.6 5.6' },
  codex: { title: 'Codex', icon: 'M3 4.5 6.5 8 3 11.5M8.5 11.5H13' },
  gemini: {
    title: 'Gemini CLI',
    icon: 'M8 2c0 3.5 2.5 6 6 6-3.5 0-6 2.5-6 6 0-3.5-2.5-6-6-6 3.5 0 6-2.5 6-6z',
  },
  opencode: { title: 'opencode', icon: 'M5 3H2.5v10H5M11 3h2.5v10H11M6 8h4' },
  command: {
    title: 'the program of agent.command',
    icon: 'M2.5 3.5h11v9h-11zM5 6.5 6.5 8 5 9.5M8.5 9.5h2.5',
  },
  offline: { title: 'the offline agent', icon: 'M2.5 2.5l11 11M5 5.5a4 4 0 0 0 5.5 5.5M8 4a4 4 0 0 1 4 4' },
};

/** Names of agents with what each is called, in the order in which they are offered. */
export const agentChoices = Object.entries(agents)
  .filter(([name]) => name !== 'offline')
  .map(([name, { title }]) => [name, title]);

/** What an agent is called; the name itself where a newer daemon knows one more. @param {string} name */
export function agentTitle(name) {
  return new Map(Object.entries(agents)).get(name)?.title ?? name;
}

/** The drawing of an agent; undefined where there is none. @param {string} name */
export function agentIcon(name) {
  return new Map(Object.entries(agents)).get(name)?.icon;
}
