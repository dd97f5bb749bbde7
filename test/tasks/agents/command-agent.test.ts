import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { interruptLine, userLine } from '../../../src/tasks/agents/claude/arguments.ts';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';

leakGuard();

const entry = childEntry(import.meta.url, '../../../src/tasks/agents/command-agent.ts');

/** The adapter for a shell script, as the daemon starts it: the CLI's options come after the command line. */
function start(script: string, ...words: string[]) {
  const commandLine = JSON.stringify(['/bin/sh', '-c', script, 'sh', ...words]);
  const child = spawn(entry.command, [...entry.args, commandLine, '-p', '--resume=x'], { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const events = () => stdout.split('\n').flatMap((line) => parseStreamLine(line) ?? []);
  return {
    child,
    events,
    async ended() {
      await once(child, 'close');
      const results = events().flatMap((event) => (event.kind === 'result' ? [event.result] : []));
      const text = events()
        .map((event) => (event.kind === 'text' ? event.text : ''))
        .join('');
      return { code: child.exitCode, results, text, stderr };
    },
  };
}

describe('a program as an agent', () => {
  it('gets the prompt on stdin, and its stdout is the reply', async () => {
    const agent = start('printf "%s: " "$1"; tr a-z A-Z', 'so it says');
    agent.child.stdin.end(userLine('grüße,\nkind 🌱 person'));
    const { code, results, text } = await agent.ended();
    expect(code).toBe(0);
    expect(results).toMatchObject([{ subtype: 'success', isError: false, totalCostUsd: 0 }]);
    expect(results[0]?.text).toBe(text);
    expect(text).toMatch(/^so it says: GR.*,\nKIND 🌱 PERSON$/);
  });

  it('fails with its exit status, and its last words stay on stderr', async () => {
    const agent = start('echo half a reply; echo no model >&2; exit 3');
    agent.child.stdin.end(userLine('hello'));
    expect(await agent.ended()).toMatchObject({
      code: 1,
      results: [{ isError: true, text: '/bin/sh exited with code 3' }],
      text: 'half a reply\n',
      stderr: 'no model\n',
    });
  });

  it('tells the last lines of its stderr with the failure', async () => {
    const agent = start('seq 1 2000 >&2; echo API Error: 529 overloaded >&2; exit 7');
    agent.child.stdin.end(userLine('hello'));
    const { results } = await agent.ended();
    expect(results[0]?.errors).toEqual(['1999', '2000', 'API Error: 529 overloaded']);
  });

  it('fails where it cannot be started', async () => {
    const child = spawn(entry.command, [...entry.args, '["/nowhere/llm"]'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stdin.end(userLine('hello'));
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(stdout).toContain('/nowhere/llm could not be started: Error: spawn /nowhere/llm ENOENT');
  });

  it('answers one message after the other, each by a run of its own', async () => {
    const agent = start('read -r line; echo "<$line>"');
    agent.child.stdin.end(`${userLine('one')}not json\n{"type":"other"}\n${userLine('two')}`);
    const { results } = await agent.ended();
    expect(results.map(({ text }) => text)).toEqual(['<one>', '<two>']);
  });

  it('does not mind a program that does not read', async () => {
    const agent = start('echo done');
    agent.child.stdin.end(userLine('x'.repeat(500_000)));
    expect(await agent.ended()).toMatchObject({ code: 0, results: [{ text: 'done' }] });
  });

  it('can be interrupted', async () => {
    const agent = start('echo begun; exec sleep 600');
    agent.child.stdin.write(userLine('hello'));
    await expect
      .poll(() => agent.events().some(({ kind }) => kind === 'text'), { timeout: 20_000 })
      .toBe(true);
    agent.child.stdin.end(interruptLine('r1'));
    expect(await agent.ended()).toMatchObject({
      results: [{ isError: true, text: '/bin/sh was ended by SIGTERM' }],
    });
  });
});
