import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { createProgramRunner, type ProgramRunner } from '../../src/lib/process/run-program.ts';
import { pathsIn, programView } from '../../src/drafter/sandbox/system-view.ts';
import { viewOf, writeAccountFiles } from '../../src/drafter/sandbox/views.ts';
import { createWorkspace, type Workspace } from '../../src/drafter/workspace.ts';
import { probeArgs, type SandboxToProve } from '../../src/drafter/probe/prove-sandbox.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Whether bubblewrap works here; tests that need it are skipped with this line. */
export const noSandbox = whyNoSandbox();

function whyNoSandbox(): string | undefined {
  const tried = execaSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { reject: false });
  if (tried.exitCode === 0) return undefined;
  const reason = `skipped: no sandbox here: ${tried.code ?? ''} ${tried.stderr}`.trim();
  console.log(reason);
  return reason;
}

export function testPrograms(): ProgramRunner {
  return createProgramRunner({
    // Test files run side by side, and each runner ends what bears its mark.
    worker: randomUUID(),
    containment: { tier: 'marker', base: null, reason: 'a test' },
    strays: { begin: () => undefined, claims: () => () => false, end: () => undefined },
    folder: tempDir(),
    graceMs: () => 200,
  });
}

/** A workspace with an empty clone. */
export function testWorkspace(): Workspace {
  const workspace = createWorkspace(tempDir(), '/a/home');
  writeAccountFiles(workspace.etc);
  mkdirSync(workspace.tree);
  return workspace;
}

/** The sandbox of the drafter as it is to be proved. */
export function sandboxOf(workspace: Workspace): SandboxToProve {
  const home = tempDir();
  mkdirSync(join(home, 'secrets'));
  return {
    programs: testPrograms(),
    bwrap: 'bwrap',
    view: viewOf(workspace, {
      tree: workspace.tree,
      readOnly: programView([process.execPath, ...pathsIn(probeArgs)]),
    }),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/home/draft' },
    folder: workspace.folder,
    plantIn: workspace.planted,
    closed: [home],
    unseen: [join(home, 'secrets')],
    pipes: [],
    maxFileBytes: 1024 * 1024,
  };
}
