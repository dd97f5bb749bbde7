/** Where each panel's view comes from; Now is there from the start, the others when they are first shown. */
import { NowPanel } from './now/now.js';

export const panelModules = {
  now: async () => NowPanel,
  chat: async () => (await import('./chat/chat.js')).ChatPanel,
  tasks: async () => (await import('./tasks/tasks.js')).TasksPanel,
  decide: async () => (await import('./decide/decide.js')).DecidePanel,
  memory: async () => (await import('./memory/memory.js')).MemoryPanel,
  graph: async () => (await import('./graph/graph.js')).GraphPanel,
  fleet: async () => (await import('./fleet/fleet.js')).FleetPanel,
  tree: async () => (await import('./tree/tree.js')).TreePanel,
  activity: async () => (await import('./activity/activity.js')).ActivityPanel,
  rules: async () => (await import('./rules/rules.js')).RulesPanel,
  config: async () => (await import('./config/config.js')).ConfigPanel,
};
