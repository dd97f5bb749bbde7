import { appendFileSync, chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeAt, fakeTask } from '../../helpers/agent-fixtures.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { mayStart, whyNotStay } from '../../../src/tasks/standby/memory.ts';
import type { RunRequest } from '../../../src/tasks/run/launch.ts';
import { type LaunchTerms, misfitOf, shapeOf } from '../../../src/tasks/standby/shape.ts';
import { agentFiles } from '../../../src/tasks/standby/stamps.ts';

const nothing = { memories: [], degraded: null, withoutMemories: null };

/** An agent and its files in a home of their own. */
function surroundings() {
  const home = tempDir();
  const cwd = join(home, 'work', 'owner');
  for (const folder of [cwd, join(home, '.claude')]) mkdirSync(folder, { recursive: true });
  const program = join(home, 'claude');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  const terms: LaunchTerms = {
    env: { HOME: home, PATH: '/usr/bin' },
    cwd,
    settings: { permissionMode: 'acceptEdits', allowedTools: ['Bash'] },
    environment: [],
    files: agentFiles(home, undefined),
  };
  const request: RunRequest = { task: fakeTask(), agent: claudeAt(program), resume: null, ...nothing };
  return { home, cwd, program, terms, request };
}

describe('the shape of a run', () => {
  it('is the same for two tasks that are to be started alike, whatever they say', () => {
    const { request, terms } = surroundings();
    const other = { ...request, task: fakeTask({ id: 7, attempt: 3, prompt: 'quite another' }) };
    expect(misfitOf(shapeOf(request, terms), shapeOf(other, terms))).toBeUndefined();
  });

  it('differs by what is asked of the run', () => {
    const { request, terms } = surroundings();
    const before = shapeOf(request, terms);
    const misfit = (changes: Partial<RunRequest>, others: Partial<LaunchTerms> = {}) =>
      misfitOf(before, shapeOf({ ...request, ...changes }, { ...terms, ...others }));
    expect(misfit({ agent: claudeAt(join(terms.cwd, 'another')) })).toBe('agent');
    expect(
      misfit({ agent: claudeAt(String(request.agent.kind === 'claude' && request.agent.path), '2') }),
    ).toBe('agent');
    expect(misfit({}, { cwd: '/tmp' })).toBe('folder');
    expect(misfit({ resume: 'a' })).toBe('session');
    expect(misfit({}, { settings: { permissionMode: 'plan' } })).toBe('arguments');
    expect(misfit({}, { env: { ...terms.env, ANTHROPIC_API_KEY: 'k' } })).toBe('environment');
    expect(misfit({}, { env: { ...terms.env, NOT_PASSED_ON: 'k' } })).toBeUndefined();
  });

  it('differs by what lies in the files of the agent', () => {
    const { home, cwd, program, request, terms } = surroundings();
    const resume = '11111111-1111-4111-8111-111111111111';
    const run = { ...request, resume };
    const project = join(home, '.claude', 'projects', cwd.replace(/[^a-zA-Z0-9]/g, '-'));
    mkdirSync(project, { recursive: true });
    const session = join(project, `${resume}.jsonl`);
    writeFileSync(session, 'one\n');
    const misfitAfter = (change: () => void) => {
      const before = shapeOf(run, terms);
      change();
      return misfitOf(before, shapeOf(run, terms));
    };
    const state = (value: object) => writeFileSync(join(home, '.claude.json'), JSON.stringify(value));
    expect(misfitAfter(() => appendFileSync(session, 'two\n'))).toBe('session');
    // The CLI touches the file when it reads it.
    expect(misfitAfter(() => utimesSync(session, 1, 1))).toBeUndefined();
    expect(misfitAfter(() => utimesSync(program, 1, 1))).toBe('agent');
    expect(misfitAfter(() => state({ numStartups: 1 }))).toBeUndefined();
    expect(misfitAfter(() => state({ numStartups: 2, oauthAccount: { id: 1 } }))).toBe('login');
    expect(misfitAfter(() => writeFileSync(join(home, '.claude', '.credentials.json'), '{}'))).toBe('login');
    expect(misfitAfter(() => writeFileSync(join(home, '.claude', 'settings.json'), '{}'))).toBe('settings');
    expect(misfitAfter(() => writeFileSync(join(home, 'CLAUDE.md'), 'Be brief.'))).toBe('settings');
    expect(misfitAfter(() => mkdirSync(join(cwd, '.claude', 'skills'), { recursive: true }))).toBe(
      'settings',
    );
    expect(misfitAfter(() => undefined)).toBeUndefined();
  });

  it.each([
    ['an agent', 'agents/reviewer.md'],
    ['a command', 'commands/deploy/now.md'],
    ['a skill', 'skills/pdf/scripts/fill.py'],
    ['a rule', 'rules/style.md'],
    ['a style', 'output-styles/terse.md'],
  ])('differs where %s of the owner or of the folder has other words', (_, name) => {
    const { home, cwd, request, terms } = surroundings();
    for (const folder of [join(home, '.claude'), join(cwd, '.claude')]) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'some words');
      const before = shapeOf(request, terms);
      expect(misfitOf(before, shapeOf(request, terms))).toBeUndefined();
      writeFileSync(file, 'some other words');
      expect(misfitOf(before, shapeOf(request, terms))).toBe('settings');
    }
  });

  it('differs where an administrator has set something else for everybody', () => {
    const { home, request, terms } = surroundings();
    const managed = join(home, 'managed');
    mkdirSync(join(managed, 'managed-settings.d'), { recursive: true });
    const shape = () => shapeOf(request, { ...terms, files: { ...terms.files, managed } });
    for (const name of ['managed-settings.json', 'CLAUDE.md', 'managed-settings.d/10-team.json']) {
      const before = shape();
      writeFileSync(join(managed, name), '{}');
      expect(misfitOf(before, shape())).toBe('settings');
    }
  });
});

describe('the memory that an agent by itself may take', () => {
  const GB = 1024 ** 3;

  it('is there from 2 GB on by default, and does not go away while half of that is free', () => {
    expect([mayStart(null, 2 * GB), mayStart(null, 2 * GB - 1)]).toEqual([true, false]);
    expect([whyNotStay(null, GB), whyNotStay(null, GB - 1)]).toEqual([undefined, 'memory']);
  });

  it('is what the owner says, as long as there is any', () => {
    expect([mayStart(1, GB), mayStart(1, GB / 4), mayStart(0, 64 * GB)]).toEqual([true, false, false]);
    expect([whyNotStay(1, GB / 4), whyNotStay(0, 64 * GB)]).toEqual(['memory', 'unwanted']);
  });
});
