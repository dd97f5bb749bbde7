import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgramRunner } from '../lib/process/run-program.ts';
import { applyDraft, type Applied } from './git/apply.ts';
import { hardenedGit } from './git/hardened.ts';
import { removeTree } from './remove-tree.ts';

/**
 * Makes the branch `ninjad/wish-ID` in a checkout, from the owner's own shell: no daemon is needed. See `applyDraft`.
 */
export async function applyHere(
  checkout: string,
  wishId: number,
  { base, patch }: { base: string; patch: string },
): Promise<Applied> {
  const folder = mkdtempSync(join(tmpdir(), 'ninjad-apply-'));
  try {
    const programs = createProgramRunner({
      worker: randomUUID(),
      containment: { tier: 'marker', base: null, reason: 'git alone is run' },
      strays: { begin: () => undefined, claims: () => () => false, end: () => undefined },
      folder,
      graceMs: () => 1_000,
    });
    const how = { programs, env: hardenedGit(folder), signal: new AbortController().signal };
    return await applyDraft(how, folder, { checkout, wishId, base, patch });
  } finally {
    await removeTree(folder);
  }
}
