/** What a service manager has to know to run this home. All paths are absolute. */
export interface ServiceDefinition {
  scope: ServiceScope;
  /** The user as whom a unit of the system runs; a user's own unit has no need of it. */
  user: string;
  userHome: string;
  home: string;
  node: string;
  /** The script that is `ninjad`. */
  script: string;
  /** Folders in which agents and tools are found, in this order. */
  path: readonly string[];
  /** How long an orderly stop may take, in milliseconds. */
  stopMs: number;
}

/** Whose service it is: the user's own, or the machine's. */
export type ServiceScope = 'user' | 'system';

/** The name of the unit, and of the label after `dev.` on macOS. */
export const serviceName = 'ninjad';

/** The settings that say how long a stop takes. */
interface StopSettings {
  'shutdown.drainMs': number;
  'task.killGraceMs': number;
}

/** What all other parts of the daemon may need besides the tasks: the database ends last and may write for a while. */
const restOfStopMs = 90_000;

/**
 * How long the service manager must wait before it kills, in milliseconds: running tasks may end first, those that do not are
 * asked and then killed, and the rest follows. A shorter limit kills a daemon in the middle of its stop.
 */
export function stopMsOf(get: <Key extends keyof StopSettings>(key: Key) => StopSettings[Key]): number {
  return get('shutdown.drainMs') + get('task.killGraceMs') + restOfStopMs;
}
