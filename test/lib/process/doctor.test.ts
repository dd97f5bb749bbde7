import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkOpenFiles, openFilesLimit } from '../../../src/lib/process/doctor.ts';

describe('the check of open files', () => {
  it.each([
    [64, 'fail'],
    [128, 'fail'],
    [255, 'fail'],
    [256, 'warn'],
    [1_023, 'warn'],
    [1_024, 'ok'],
    [Infinity, 'ok'],
    [undefined, 'ok'],
  ] as const)('judges a limit of %s as %s', (limit, verdict) => {
    expect(checkOpenFiles({ daemon: { state: 'absent' } }, () => limit).verdict).toBe(verdict);
  });

  it('says what to do, and asks for the limit of the daemon where one runs', () => {
    const asked: unknown[] = [];
    const limitOf = (pid: number | undefined) => {
      asked.push(pid);
      return 128;
    };
    const result = checkOpenFiles({ daemon: { state: 'running', status: { pid: 77 } } }, limitOf);
    expect(asked).toEqual([77]);
    expect(result.found).toContain('128');
    expect(result.advice).toContain('ulimit -n');
  });

  it('reads the limit that a shell has set', () => {
    expect(openFilesLimit()).toBeGreaterThan(0);
    const script = `import('./src/lib/process/doctor.ts').then(({ openFilesLimit }) => console.log(openFilesLimit()))`;
    const command = `ulimit -n 300; exec "${process.execPath}" --import tsx -e "${script}"`;
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim()).toBe('300');
  });
});
