import { describe, expect, it } from 'vitest';
import { grantedTools, partialRefusal } from '../../../src/tasks/agents/granted-tools.ts';
import {
  defaultPermissions,
  permissionFor,
  permissionSettings,
} from '../../../src/tasks/permissions/permission.ts';
import type { Trust } from '../../../src/lib/wire/trust.ts';

const of = (trust: Trust) => permissionSettings(permissionFor(defaultPermissions[trust], trust));
const all = ['Read', 'Glob', 'Grep', 'Edit', 'Write', 'Bash', 'WebFetch', 'WebSearch'];

describe('the tools that a run may use whole', () => {
  it('are all of them for the owner, those that look for a machine, and none for strangers', () => {
    expect([...grantedTools(of('owner'))]).toEqual(all);
    expect([...grantedTools(of('local'))]).toEqual(['Read', 'Glob', 'Grep']);
    expect([...grantedTools(of('untrusted'))]).toEqual([]);
  });

  it('leave out what is allowed in part, refused or not there', () => {
    const granted = grantedTools({
      permissionMode: 'bypassPermissions',
      tools: ['Read', 'Bash', 'Write'],
      disallowedTools: ['Write'],
    });
    expect([...granted]).toEqual(['Read', 'Bash']);
    expect([...grantedTools({ permissionMode: 'dontAsk', allowedTools: ['Bash(df -h)', 'Grep'] })]).toEqual([
      'Grep',
    ]);
  });

  it('are those that only read where a person would be asked', () => {
    for (const permissionMode of ['default', 'plan', 'auto'] as const)
      expect([...grantedTools({ permissionMode })]).toEqual(['Read', 'Glob', 'Grep']);
    expect([...grantedTools({})]).toEqual(['Read', 'Glob', 'Grep']);
  });
});

describe('a refusal of a part of a tool', () => {
  it('is named where the tool itself is granted', () => {
    expect(partialRefusal({ allowedTools: ['Bash'], disallowedTools: ['Bash(rm:*)'] })).toBe('Bash(rm:*)');
    expect(partialRefusal({ disallowedTools: ['Read(secrets/**)'] })).toBe('Read(secrets/**)');
  });

  it('is none where the tool is not granted, or the path lies outside of the folder', () => {
    expect(partialRefusal({ disallowedTools: ['Bash(rm:*)', 'Read(//etc/shadow*)', 'WebFetch'] })).toBe(
      undefined,
    );
    expect(partialRefusal({})).toBe(undefined);
  });
});
