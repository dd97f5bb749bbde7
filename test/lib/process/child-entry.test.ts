import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';

describe('child entry', () => {
  it('runs a TypeScript entry file from source, in any working directory', () => {
    const { command, args } = childEntry(import.meta.url, '../../fixtures/process/hello-child.ts');
    const answer: unknown = JSON.parse(
      execFileSync(command, [...args, 'one', 'two words'], { cwd: tmpdir(), encoding: 'utf8' }),
    );
    expect(answer).toEqual({
      file: new URL('../../fixtures/process/hello-child.ts', import.meta.url).href,
      cwd: realpathSync(tmpdir()),
      args: ['one', 'two words'],
    });
  });

  it('names the compiled file beside a compiled caller, without a loader', () => {
    expect(childEntry('file:///opt/a%20b/dist/actors/x.js', './x-child.ts')).toEqual({
      command: process.execPath,
      args: ['/opt/a b/dist/actors/x-child.js'],
    });
  });
});
