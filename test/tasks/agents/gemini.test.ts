import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gemini } from '../../../src/tasks/agents/gemini.ts';
import { geminiPolicy } from '../../../src/tasks/agents/gemini/tools.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function commandLine(session: { create: string } | { resume: string } | { fork: string }) {
  const home = tempDir();
  mkdirSync(join(home, '.gemini'));
  const turn = {
    session,
    settings: { model: 'm' },
    cwd: home,
    folder: join(home, 'run'),
    env: { HOME: home },
  };
  return gemini.commandLine({ kind: 'gemini', path: '/bin/gemini', version: '0' }, turn);
}

describe('Gemini CLI', () => {
  it('begins a session under our id, goes on in one, and cannot copy one', () => {
    const { command, args, env } = commandLine({ create: 'id-1' });
    expect(command).toBe('/bin/gemini');
    expect(args).toEqual(expect.arrayContaining(['--session-id', 'id-1', '-m', 'm', '--skip-trust']));
    expect(readFileSync(join(env?.['GEMINI_CLI_HOME'] ?? '', 'policy.toml'), 'utf8')).toContain('[[rule]]');
    expect(commandLine({ resume: 'id-2' }).args).toEqual(expect.arrayContaining(['-r', 'id-2']));
    expect(commandLine({ fork: 'id-3' }).args).not.toContain('id-3');
  });

  it('is told its prompt once, in which an @ names no file', () => {
    const written: string[] = [];
    const input = { write: (text: string) => void written.push(text), end: () => void written.push('END') };
    gemini.talk({ input, resume: null }).begin('mail me@example.org about \\@this');
    expect(written).toEqual(['mail me\\@example.org about \\@this', 'END']);
  });

  it('says by stderr and exit what is wrong', () => {
    expect(gemini.lastWords('Error resuming session: Invalid session identifier "x".', 42)).toEqual({
      staleSession: true,
    });
    expect(gemini.lastWords('Invalid auth method selected.', 41)).toMatchObject({ refusal: 'not-logged-in' });
    expect(gemini.lastWords('', 0)).toEqual({ staleSession: false });
  });

  it('cannot be held to a number of turns, nor be refused a part of a tool', () => {
    expect(gemini.whyUnfit?.({ maxTurns: 3 })).toContain('task.maxTurns');
    const refused = { allowedTools: ['Bash'], disallowedTools: ['Bash(rm:*)'] };
    expect(gemini.whyUnfit?.(refused)).toContain('Bash(rm:*)');
    expect(gemini.whyUnfit?.({ allowedTools: ['Bash'] })).toBeUndefined();
  });

  it('is given a policy that denies all but what it names', () => {
    const none = geminiPolicy({ permissionMode: 'dontAsk', tools: [] }, []);
    expect(none).toBe('[[rule]]\ntoolName = "*"\ndecision = "deny"\npriority = 1\n');
    const some = geminiPolicy({ permissionMode: 'dontAsk', allowedTools: ['Bash'] }, ['ninjad']);
    expect(some).toContain('toolName = ["run_shell_command"]\ndecision = "allow"');
    expect(some).toContain('toolName = "*"\nmcpName = "ninjad"\ndecision = "allow"');
  });
});
