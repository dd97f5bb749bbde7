import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyHere } from '../../src/drafter/apply-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { commitAll, draftRig, gitIn, hashOf } from './draft-rig.ts';

const patch = `diff --git a/greet.sh b/greet.sh
index 2f08be9a02925b5c016904e19fbd5e8d057ae756..21836f133e86c9f750d27620066182ebad48536f 100644
--- a/greet.sh
+++ b/greet.sh
@@ -1 +1 @@
-echo hello
+echo "hello \${1:-you}"
diff --git a/new.sh b/new.sh
new file mode 100755
index 0000000000000000000000000000000000000000..e3b72b8dd8d3a0a4a3b4b9e8a9e2c4a9d8a8b8c8
--- /dev/null
+++ b/new.sh
@@ -0,0 +1 @@
+true
`;

function setUp() {
  const rig = draftRig();
  return { ...rig, draft: { base: rig.git('rev-parse', 'HEAD'), patch } };
}

describe('a draft that is applied', () => {
  it('is a branch with one commit, and nothing else of the checkout has changed', async () => {
    const { repository, git, draftsman, draft, folder } = setUp();
    const files = () =>
      hashOf(join(repository, 'test')) + git('status', '--porcelain') + git('branch', '--show-current');
    const before = files();
    expect(await draftsman.apply(repository, 7, draft)).toEqual({ kind: 'applied', branch: 'ninjad/wish-7' });
    expect(files()).toBe(before);
    expect(git('show', 'ninjad/wish-7:greet.sh')).toBe('echo "hello ${1:-you}"');
    expect(git('ls-tree', 'ninjad/wish-7', 'new.sh')).toMatch(/^100755/);
    expect(git('rev-parse', 'ninjad/wish-7^')).toBe(draft.base);
    expect(readdirSync(folder)).toEqual([]);
    // A second time it is there already, and that is said.
    expect(await applyHere(repository, 7, draft)).toEqual({ kind: 'applied', branch: 'ninjad/wish-7' });
    expect(git('rev-list', '--count', 'ninjad/wish-7')).toBe('2');
  });

  it('stands on what the checkout has come to, as long as it fits', async () => {
    const { repository, git, draftsman, draft } = setUp();
    writeFileSync(join(repository, 'more.txt'), 'more\n');
    commitAll(repository, 'Go on');
    expect(await draftsman.stillApplies(repository, draft.base, patch)).toEqual({ kind: 'applies' });
    expect(await draftsman.apply(repository, 8, draft)).toMatchObject({ kind: 'applied' });
    expect(git('rev-parse', 'ninjad/wish-8^')).toBe(git('rev-parse', 'HEAD'));
    writeFileSync(join(repository, 'greet.sh'), 'echo good morning\n');
    commitAll(repository, 'Greet otherwise');
    const before = hashOf(repository);
    expect(await draftsman.stillApplies(repository, draft.base, patch)).toMatchObject({
      kind: 'stale',
      reason: expect.stringMatching(
        /does not apply .* any more since the draft was made .*greet\.sh/,
      ) as unknown,
    });
    expect(await draftsman.apply(repository, 9, draft)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not apply') as unknown,
    });
    expect(hashOf(repository)).toBe(before);
  });

  it.each([
    [
      'a changed file',
      (at: string) => writeFileSync(join(at, 'greet.sh'), 'echo mine\n'),
      /not clean .*"greet.sh"/,
    ],
    ['a new file', (at: string) => writeFileSync(join(at, 'mine.txt'), 'mine\n'), /not clean .*"mine.txt"/],
    [
      'a staged file',
      (at: string) => {
        writeFileSync(join(at, 'mine.txt'), 'mine\n');
        gitIn(at, 'add', 'mine.txt');
      },
      /not clean/,
    ],
    [
      'a branch of that name',
      (at: string) => {
        gitIn(at, 'branch', 'ninjad/wish-7');
      },
      /is there already, with something else/,
    ],
  ])('is refused with %s', async (_, dirty, reason) => {
    const { repository, git, draftsman, draft } = setUp();
    dirty(repository);
    const refs = git('for-each-ref');
    expect(await draftsman.apply(repository, 7, draft)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(reason) as unknown,
    });
    expect(git('for-each-ref')).toBe(refs);
  });

  it('is refused where there is no checkout that knows its base', async () => {
    const { repository, draft } = setUp();
    const bare = join(tempDir(), 'bare.git');
    gitIn(repository, 'clone', '-q', '--bare', repository, bare);
    const other = draftRig({ files: { a: 'a\n' } }).repository;
    const refusals = await Promise.all(
      [bare, join(repository, 'test'), tempDir(), '/nowhere/at/all', other].map((at) =>
        applyHere(at, 7, draft),
      ),
    );
    const reasons = refusals.map((refusal) => (refusal.kind === 'refused' ? refusal.reason : refusal.branch));
    expect(reasons).toEqual([
      expect.stringContaining('bare repository'),
      expect.stringContaining('inside of a checkout'),
      expect.stringContaining('no git repository'),
      expect.stringContaining('no checkout'),
      expect.stringContaining('does not have the commit'),
    ]);
  });

  it('never leaves the tree, whatever a patch says', async () => {
    const { repository, draftsman, draft } = setUp();
    const out =
      'diff --git a/../out b/../out\nnew file mode 100644\n--- /dev/null\n+++ b/../out\n@@ -0,0 +1 @@\n+x\n';
    expect(await draftsman.apply(repository, 7, { ...draft, patch: out })).toMatchObject({ kind: 'refused' });
    expect(existsSync(join(repository, '..', 'out'))).toBe(false);
  });
});
