import { afterEach, expect, it, vi } from 'vitest';
import { reportFailure } from '../../src/cli/failure.ts';
import { UsageError } from '../../src/lib/errors.ts';

afterEach(() => void vi.restoreAllMocks());

it.each([
  ['one of ours', new UsageError('config.json is not JSON: Unexpected token \u001B[2J')],
  ['one of the system', Object.assign(new Error('no such file: \u009B2J'), { code: 'ENOENT' })],
  ['one that nobody expected', new Error('odd \u001B]0;title\u0007 \u202E')],
])('an error commands no terminal, whatever words it passes on: %s', (_, thrown) => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  reportFailure(thrown);
  expect(written.join('')).toMatch(/^ninjad: .*\uFFFD/);
  expect(written.join('')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
});
