import type { Command } from 'commander';
import type { CommandName } from './command-names.ts';

type Loader = () => Promise<Command>;

/** What makes each command. Each is imported only when it is asked for, so that `send` starts fast. */
const loaders: Readonly<Record<CommandName, Loader>> = {
  up: async () => (await import('./up/up.ts')).upCommand(),
  stop: async () => (await import('./up/stop.ts')).stopCommand(),
  restart: async () => (await import('./up/stop.ts')).restartCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  logs: async () => (await import('./logs.ts')).logsCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  dashboard: async () => (await import('./dashboard.ts')).dashboardCommand(),
  ask: async () => (await import('./ask.ts')).askCommand(),
  chat: async () => (await import('./chat/chat.ts')).chatCommand(),
  send: async () => (await import('./send.ts')).sendCommand(),
  notices: async () => (await import('./notices.ts')).noticesCommand(),
  tasks: async () => (await import('./tasks.ts')).tasksCommand(),
  agents: async () => (await import('./agents.ts')).agentsCommand(),
  task: async () => (await import('./task.ts')).taskCommand(),
  goals: async () => (await import('./goals/goals.ts')).goalsCommand(),
  wishes: async () => (await import('./wishes/wishes.ts')).wishesCommand(),
  findings: async () => (await import('./findings.ts')).findingsCommand(),
  retrospective: async () => (await import('./retrospective.ts')).retrospectiveCommand(),
  cost: async () => (await import('./cost.ts')).costCommand(),
  remember: async () => (await import('./remember.ts')).rememberCommand(),
  recall: async () => (await import('./recall.ts')).recallCommand(),
  memories: async () => (await import('./memories.ts')).memoriesCommand(),
  forget: async () => (await import('./forget.ts')).forgetCommand(),
  entities: async () => (await import('./entities.ts')).entitiesCommand(),
  fleet: async () => (await import('./fleet/fleet.ts')).fleetCommand(),
  sensors: async () => (await import('./sensors.ts')).sensorsCommand(),
  mail: async () => (await import('./mail.ts')).mailCommand(),
  discord: async () => (await import('./discord.ts')).discordCommand(),
  deliveries: async () => (await import('./deliveries.ts')).deliveriesCommand(),
  config: async () => (await import('./config.ts')).configCommand(),
  rules: async () => (await import('./rules.ts')).rulesCommand(),
  service: async () => (await import('./service/service.ts')).serviceCommand(),
  upgrade: async () => (await import('./upgrade.ts')).upgradeCommand(),
  storage: async () => (await import('./storage.ts')).storageCommand(),
  backup: async () => (await import('./backup/backup.ts')).backupCommand(),
  export: async () => (await import('./export.ts')).exportHomeCommand(),
  import: async () => (await import('./import.ts')).importHomeCommand(),
  clock: async () => (await import('./clock.ts')).clockCommand(),
  completion: async () => (await import('./completion/completion.ts')).completionCommand(),
  events: async () => (await import('./events.ts')).eventsCommand(),
  psql: async () => (await import('./psql.ts')).psqlCommand(),
  inspect: async () => (await import('./inspect/inspect.ts')).inspectCommand(),
  mcp: async () => (await import('./mcp.ts')).mcpCommand(),
  words: async () => (await import('./words.ts')).wordsCommand(),
  version: async () => (await import('./version.ts')).versionCommand(),
};

/** What loads the command of this name; undefined where there is none. */
export function loaderOf(name: CommandName): Loader;
export function loaderOf(name: string | undefined): Loader | undefined;
export function loaderOf(name: string | undefined): Loader | undefined {
  return name !== undefined && Object.hasOwn(loaders, name) ? loaders[name as CommandName] : undefined;
}
