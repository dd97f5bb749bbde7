import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createDraftRuns, overLaunch } from '../../src/drafter/draft-runs.ts';
import { createWorkspace, sweepWorkspaces } from '../../src/drafter/workspace.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard();

describe('the temporary folder of a draft', () => {
  it('is gone after a SIGKILL of whoever made it, closed folders and all', async () => {
    const root = tempDir();
    const module = JSON.stringify(packagePath('src', 'drafter', 'workspace.ts'));
    const script = `import { createWorkspace } from ${module};
      import { mkdirSync, chmodSync } from 'node:fs';
      const { home } = createWorkspace(${JSON.stringify(root)}, '/a/home');
      mkdirSync(home + '/closed/in', { recursive: true });
      chmodSync(home + '/closed', 0);
      console.log('made');
      setInterval(() => {}, 1000);`;
    const maker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: packagePath(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(maker.stdout, 'data');
    expect(readdirSync(root)).toHaveLength(1);
    maker.kill('SIGKILL');
    await vi.waitFor(() => expect(readdirSync(root)).toEqual([]), { timeout: 30_000, interval: 50 });
  });

  it('is swept at a start, also without its owner file, and those of others stay', async () => {
    const root = tempDir();
    const other = createWorkspace(root, '/another/home');
    const ours = createWorkspace(root, '/a/home');
    const [left] = [ours.folder.slice(0, -6)];
    mkdirSync(`${left}abcdef/tree/closed`, { recursive: true });
    chmodSync(`${left}abcdef/tree/closed`, 0);
    const outside = tempDir();
    writeFileSync(join(outside, 'kept'), '');
    symlinkSync(outside, `${left}linked`);
    expect(await sweepWorkspaces([root, root, '/nowhere/at/all'], '/a/home')).toEqual([]);
    expect(readdirSync(root).toSorted()).toEqual(
      [other.folder, `${left}linked`].map((path) => path.split('/').at(-1)).toSorted(),
    );
    expect(existsSync(join(outside, 'kept'))).toBe(true);
    await Promise.all([ours.remove(), other.remove()]);
  });
});

describe('a task that says it belongs to a draft', () => {
  it('runs in the sandbox of that draft, or not at all', () => {
    const runs = createDraftRuns();
    const run = { cwd: '/', timeoutMs: 1, agent: 'claude' as const, settings: {}, enter: overLaunch };
    runs.begin('drafter:wish-1.1-ab', run);
    expect(runs.of({ source: 'drafter:wish-1.1-ab' })).toBe(run);
    expect(runs.of({ source: 'DRAFTER:wish-1.1-ab' })).toBe('over');
    expect(runs.of({ source: 'drafter' })).toBe('over');
    expect(runs.of({ source: 'cli' })).toBe('none');
    runs.end('drafter:wish-1.1-ab');
    expect(runs.of({ source: 'drafter:wish-1.1-ab' })).toBe('over');
    expect(overLaunch({ command: 'claude', args: ['-p'], env: {}, prompt: 'x' })).toMatchObject({
      command: '/bin/sh',
      args: ['-c', expect.stringContaining('is over') as unknown],
    });
  });
});
