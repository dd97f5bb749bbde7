import { taskMarkerName } from '../../lib/process/marker.ts';
import type { AgentSettings } from '../run/agent-settings.ts';
import { launchOf, type RunRequest, sessionOf } from '../run/launch.ts';
import { type AgentFiles, fileStamp, loginStamp, sessionStamp, settingsStamp } from './stamps.ts';

/** All that is fixed when an agent starts; only for a run that would be started alike may it have been started ahead. */
export interface LaunchShape {
  /** Program and version. */
  agent: string;
  folder: string;
  /** The one that it goes on with, as far as that goes, or a new one. */
  session: string;
  arguments: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** By what it is logged in, besides the environment. */
  login: string;
  /** What the CLI's own files say. */
  settings: string;
}

/** A part of the shape. */
export type ShapePart = keyof LaunchShape;

/** What a run would be started with. */
export interface LaunchTerms {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Without the file that names our server, which is each run's own. */
  settings: AgentSettings;
  /** Names of further variables that reach the agent. */
  environment: readonly string[];
  /** Where the CLI keeps its files. */
  files: AgentFiles;
}

/** In this order, so that the reason told is the one that people know. */
const parts: readonly ShapePart[] = [
  'agent',
  'folder',
  'session',
  'arguments',
  'environment',
  'login',
  'settings',
];
/** Stands for a session that is to begin, whose id is the starter's to choose. */
const newSession = 'new';

/** The shape of a run. Reads a few small files. */
export function shapeOf(request: RunRequest, terms: LaunchTerms): LaunchShape {
  const { agent, task, resume } = request;
  const { env, cwd, settings, environment, files } = terms;
  const launch = launchOf(request, {
    env,
    settings,
    environment,
    newSessionId: newSession,
    cwd,
    folder: cwd,
  });
  const session = sessionOf(task, resume, newSession);
  return {
    agent: `${agent.kind} ${launch.command} ${'version' in agent ? agent.version : ''} ${fileStamp(launch.command)}`,
    folder: cwd,
    session: JSON.stringify(session) + (resume === null ? '' : ` ${sessionStamp(files, cwd, resume)}`),
    arguments: launch.args,
    // Each run has a mark of its own.
    environment: Object.fromEntries(Object.entries(launch.env).filter(([name]) => name !== taskMarkerName)),
    login: loginStamp(files),
    settings: settingsStamp(files, cwd),
  };
}

/** The first part in which two shapes differ, or undefined where they are alike. */
export function misfitOf(one: LaunchShape, other: LaunchShape): ShapePart | undefined {
  return parts.find((part) => textOf(one[part]) !== textOf(other[part]));
}

function textOf(value: LaunchShape[ShapePart]): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(Array.isArray(value) ? value : Object.entries(value).sort());
}
