import { describe, expect, it } from 'vitest';
import { agentArguments } from '../../../src/tasks/agents/claude/arguments.ts';
import {
  defaultPermissions,
  permissionFor,
  permissionSettings,
} from '../../../src/tasks/permissions/permission.ts';

const { owner, untrusted } = defaultPermissions;
const session = { create: '11111111-1111-4111-8111-111111111111' };

/** What follows a flag on the command line of a run with these settings. */
function argumentOf(flag: string, permission: typeof owner): string | undefined {
  const args = agentArguments(session, permissionSettings(permission));
  return args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
}

describe('what a task may do', () => {
  it('is decided by its trust where its category says nothing', () => {
    for (const trust of ['owner', 'local', 'untrusted'] as const) {
      expect(permissionFor(defaultPermissions[trust], trust)).toEqual(defaultPermissions[trust]);
    }
  });

  it('is changed by its category, field by field; what is denied stays denied', () => {
    const base = { ...owner, deny: ['Bash(rm:*)'] };
    expect(permissionFor(base, 'owner', { mode: 'plan', deny: ['WebFetch'] })).toEqual({
      ...base,
      mode: 'plan',
      deny: ['Bash(rm:*)', 'WebFetch'],
    });
    expect(permissionFor(base, 'local', { tools: ['Read'], allow: [] })).toEqual({
      ...base,
      tools: ['Read'],
      allow: [],
    });
  });

  it('never grows by its category for an untrusted source', () => {
    const change = {
      mode: 'bypassPermissions',
      tools: 'default',
      allow: ['Bash'],
      deny: ['mcp__ninjad__recall'],
    } as const;
    expect(permissionFor(untrusted, 'untrusted', change)).toEqual({
      ...untrusted,
      deny: [...untrusted.deny, 'mcp__ninjad__recall'],
    });
  });

  it('leaves strangers no tool that acts, by default', () => {
    expect(argumentOf('--tools', untrusted)).toBe('');
    expect(argumentOf('--permission-mode', untrusted)).toBe('dontAsk');
    expect(argumentOf('--allowedTools', untrusted)).toBeUndefined();
    for (const tool of ['Bash', 'Edit', 'Write', 'WebFetch', 'WebSearch']) {
      expect(argumentOf('--disallowedTools', untrusted)?.split(',')).toContain(tool);
    }
  });

  it('keeps the tools that hang without a person away from everybody', () => {
    for (const permission of Object.values(defaultPermissions)) {
      const denied = argumentOf('--disallowedTools', permission)?.split(',');
      expect(denied).toEqual(expect.arrayContaining(['AskUserQuestion', 'ExitPlanMode', 'ScheduleWakeup']));
    }
    expect(argumentOf('--tools', owner)).toBe('default');
    expect(argumentOf('--allowedTools', owner)).toBe('Bash,WebFetch,WebSearch');
  });
});
