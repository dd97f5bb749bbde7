import type { AgentSettings } from '../run/agent-settings.ts';

/** Tools by the names that permissions call them. */
export const grantableTools = [
  'Read',
  'Glob',
  'Grep',
  'Edit',
  'Write',
  'Bash',
  'WebFetch',
  'WebSearch',
] as const;

export type GrantableTool = (typeof grantableTools)[number];

const free: Readonly<Record<NonNullable<AgentSettings['permissionMode']>, readonly GrantableTool[]>> = {
  bypassPermissions: grantableTools,
  acceptEdits: ['Read', 'Glob', 'Grep', 'Edit', 'Write'],
  auto: ['Read', 'Glob', 'Grep'],
  default: ['Read', 'Glob', 'Grep'],
  plan: ['Read', 'Glob', 'Grep'],
  dontAsk: [],
};

/**
 * The tools that a run may use whole, for a CLI that knows no rules for parts of them: one that is allowed in part only, such
 * as by `Bash(df -h)`, is left out, so that the run may do less than it might and never more.
 */
export function grantedTools({
  permissionMode = 'default',
  tools = 'default',
  allowedTools = [],
  disallowedTools = [],
}: AgentSettings): ReadonlySet<GrantableTool> {
  const isGranted = (tool: GrantableTool): boolean =>
    (tools === 'default' || tools.includes(tool)) &&
    !disallowedTools.includes(tool) &&
    (free[permissionMode].includes(tool) || allowedTools.includes(tool));
  return new Set(grantableTools.filter(isGranted));
}

/**
 * The first rule that refuses a part of a tool that is granted; undefined where there is none. Rules about absolute paths are
 * kept by a CLI whose file tools never leave the folder that it works in.
 */
export function partialRefusal(settings: AgentSettings): string | undefined {
  const granted = grantedTools(settings);
  return settings.disallowedTools?.find((rule) => {
    const [, tool = '', part = ''] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
    const isAboutFiles = ['Read', 'Glob', 'Grep', 'Edit', 'Write'].includes(tool);
    if (isAboutFiles && part.startsWith('//')) return false;
    return (granted as ReadonlySet<string>).has(tool);
  });
}

/** Why a run is nothing for a CLI that is refused tools only as a whole and counts no turns, as a clause; else undefined. */
export function whyUnfitForWholeTools({ maxTurns, ...settings }: AgentSettings): string | undefined {
  if (maxTurns !== undefined) return 'it cannot be held to a number of turns (`task.maxTurns`)';
  const rule = partialRefusal(settings);
  return rule === undefined ? undefined : `it cannot be refused a part of a tool, such as ${rule}`;
}
