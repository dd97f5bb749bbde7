import { z } from 'zod';
import type { AgentSettings } from '../run/agent-settings.ts';
import type { Trust } from '../../lib/wire/trust.ts';

const rules = z
  .array(
    z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^\0-\x1f]+$/, 'expected a rule such as Bash(git status:*) on one line'),
  )
  .max(200)
  .readonly();
const toolNames = z
  .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected the name of a tool, such as Read'))
  .max(100)
  .readonly();

const fields = {
  /** What becomes of a tool that neither list names. */
  mode: z.enum(['acceptEdits', 'auto', 'bypassPermissions', 'default', 'dontAsk', 'plan']),
  /** The built-in tools that exist at all. */
  tools: z.union([z.literal('default'), toolNames]),
  /** Permission rules of the CLI that need no question. */
  allow: rules,
  /** Rules that are refused whatever else allows them. */
  deny: rules,
};

/** What an agent may do, as a setting. */
export const permissionSchema = z.strictObject(fields);
export type Permission = Readonly<z.output<typeof permissionSchema>>;

/** The part of a permission that a category changes. */
export const permissionChangeSchema = z.strictObject(fields).partial();
export type PermissionChange = Readonly<z.output<typeof permissionChangeSchema>>;

/**
 * Commands that look and do not touch, word for word, for events from the owner's machines. None is open-ended: `date -s`,
 * `hostname NAME` and `journalctl --rotate` touch, `wc --files0-from` and `date -f` print any file, `ps e` environments.
 */
const looking = [
  'df -h',
  'df -i',
  'free -h',
  'free -m',
  'uptime',
  'ps aux',
  'ps -ef',
  'date',
  'date -u',
  'hostname',
  'uname -a',
  'lsblk',
  'systemctl status',
  'systemctl --failed',
  'systemctl list-timers',
  'journalctl -n 100 --no-pager',
  'journalctl -p err -n 100 --no-pager',
  'journalctl -b -p err -n 100 --no-pager',
];
const diagnostics = looking.map((command) => `Bash(${command})`);

/** Where the owner has said nothing else: they may have all done, their machines looked at, and strangers nothing. */
export const defaultPermissions: Readonly<Record<Trust, Permission>> = {
  owner: { mode: 'acceptEdits', tools: 'default', allow: ['Bash', 'WebFetch', 'WebSearch'], deny: [] },
  local: { mode: 'dontAsk', tools: 'default', allow: ['Read', 'Glob', 'Grep', ...diagnostics], deny: [] },
  untrusted: {
    mode: 'dontAsk',
    tools: [],
    allow: [],
    deny: ['Bash', 'Edit', 'Write', 'WebFetch', 'WebSearch'],
  },
};

/**
 * What a task may do: what its trust allows, changed by its category. A category is only claimed by the line, so for
 * untrusted sources it can take away and never give.
 */
export function permissionFor(base: Permission, trust: Trust, change: PermissionChange = {}): Permission {
  const deny = [...base.deny, ...(change.deny ?? [])];
  if (trust === 'untrusted') return { ...base, deny };
  const { mode = base.mode, tools = base.tools, allow = base.allow } = change;
  return { mode, tools, allow, deny };
}

/** A permission as the CLI's arguments say it. */
export function permissionSettings({ mode, tools, allow, deny }: Permission): AgentSettings {
  return { permissionMode: mode, tools, allowedTools: allow, disallowedTools: deny };
}
