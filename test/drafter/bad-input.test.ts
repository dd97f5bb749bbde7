import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import {
  commitAll,
  drafted,
  draftRig,
  gitIn,
  hashOf,
  makeRepository,
  type RigOptions,
  smallRepository,
} from './draft-rig.ts';
import { noSandbox } from './sandbox-rig.ts';

leakGuard({ withinMs: 15_000 });

const quick = { 'drafter.testCommand': 'true' };
const rigOf = (options: RigOptions = {}) => draftRig({ ...options, config: { ...quick, ...options.config } });
const change = 'echo "echo hello there" > greet.sh; echo done';

describe.skipIf(noSandbox !== undefined)('a repository', () => {
  it.each([
    ['missing', () => join(tempDir(), 'nothing'), /there is no repository/],
    ['no repository', () => tempDir(), /no git repository/],
    ['empty', emptyRepository, /no commit yet/],
    ['a folder of one', () => join(makeRepository(), 'test'), /a folder inside/],
  ])('that is %s blocks the draft with a reason and a fix', async (_, make, reason) => {
    const rig = rigOf({ config: { 'drafter.repository': make() } });
    expect(await rig.draft()).toMatchObject({
      kind: 'blocked',
      reason: expect.stringMatching(reason) as unknown,
      fix: expect.stringMatching(/./) as unknown,
    });
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it('that is too large blocks the draft', async () => {
    const rig = rigOf({ config: { 'drafter.maxMegabytes': 50 } });
    writeFileSync(join(rig.repository, 'large'), Buffer.alloc(20 * 1024 ** 2, 'x'));
    commitAll(rig.repository, 'Grow');
    expect(await rig.draft()).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('13 MB is the most') as unknown,
      fix: expect.stringContaining('drafter.maxMegabytes') as unknown,
    });
  });

  it('that links out of itself blocks the draft, and one that links within does not', async () => {
    const rig = rigOf({ agent: change });
    symlinkSync('../greet.sh', join(rig.repository, 'test', 'within'));
    commitAll(rig.repository, 'Link within');
    drafted(await rig.draft());
    symlinkSync('../../outside', join(rig.repository, 'test', 'out'));
    commitAll(rig.repository, 'Link out');
    expect(await rig.draft()).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('"test/out"') as unknown,
    });
  });

  it('that is bare, shallow or dirty is drafted from its commit', async () => {
    const source = makeRepository();
    writeFileSync(join(source, 'more.txt'), 'more\n');
    commitAll(source, 'Go on');
    const bare = join(tempDir(), 'bare.git');
    gitIn(source, 'clone', '-q', '--bare', source, bare);
    drafted(await rigOf({ agent: change, config: { 'drafter.repository': bare } }).draft());
    const shallow = join(tempDir(), 'shallow');
    gitIn(source, 'clone', '-q', '--depth=1', `file://${source}`, shallow);
    writeFileSync(join(shallow, 'greet.sh'), 'echo dirty\n');
    const before = hashOf(shallow);
    const draft = drafted(await rigOf({ agent: change, config: { 'drafter.repository': shallow } }).draft());
    expect(draft.patch).toContain('-echo hello\n');
    expect(draft.flags.join('; ')).toMatch(/not committed.*shallow/);
    expect(hashOf(shallow)).toBe(before);
  });

  it('with hooks, filters, attributes, monitors and submodules runs none of it', async () => {
    const rig = rigOf({ agent: change });
    const trap = join(tempDir(), 'sprung');
    const program = join(tempDir(), 'trap');
    writeFileSync(program, `#!/bin/sh\ntouch ${trap}\ncat\n`);
    chmodSync(program, 0o755);
    writeFileSync(
      join(rig.repository, '.gitattributes'),
      '* filter=trap diff=trap merge=trap\n*.sh text eol=lf\n',
    );
    writeFileSync(
      join(rig.repository, '.gitmodules'),
      `[submodule "m"]\n\tpath = m\n\turl = ext::sh -c "touch ${trap}"\n\tupdate = !${program}\n`,
    );
    commitAll(rig.repository, 'Set traps');
    const hooks = join(rig.repository, '.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of [
      'post-checkout',
      'pre-commit',
      'reference-transaction',
      'post-index-change',
      'fsmonitor-watchman',
    ])
      symlinkSync(program, join(hooks, hook));
    const settings = [
      ...['filter.trap.clean', 'filter.trap.smudge', 'filter.trap.process', 'diff.trap.command'],
      ...['diff.trap.textconv', 'diff.external', 'core.fsmonitor', 'core.sshCommand', 'merge.trap.driver'],
      ...['core.pager', 'core.editor', 'gpg.program', 'credential.helper', 'uploadpack.packObjectsHook'],
    ];
    for (const key of settings) gitIn(rig.repository, 'config', key, program);
    gitIn(rig.repository, 'config', 'core.hooksPath', hooks);
    writeFileSync(join(rig.repository, 'greet.sh'), 'echo touched\n');
    const before = hashOf(rig.repository);
    const draft = drafted(await rig.draft());
    await rig.draftsman.stillApplies(rig.repository, draft.base, draft.patch);
    await rig.draftsman.apply(rig.repository, 7, draft);
    expect(existsSync(trap)).toBe(false);
    expect(hashOf(rig.repository)).toBe(before);
  });

  it('with names of every kind is drafted, counted and applied', async () => {
    const name = 'a\nb "c" ü\t.txt';
    const files = { ...smallRepository, [name]: 'one\n', '-dash': 'one\n', ' space ': 'one\n' };
    const rig = rigOf({
      files,
      agent: `for f in *.txt ./-dash "./ space "; do echo two >> "$f"; done; printf 'x\\n' > "$(printf 'new\\nline')"; echo ok`,
    });
    const draft = drafted(await rig.draft());
    expect(draft.files.map(({ path, additions }) => [path, additions])).toEqual([
      [' space ', 1],
      ['-dash', 1],
      [name, 1],
      ['new\nline', 1],
    ]);
    expect(await rig.draftsman.apply(rig.repository, 7, draft)).toMatchObject({ kind: 'applied' });
    expect(rig.git('show', `ninjad/wish-7:${name}`)).toBe('one\ntwo');
  });
});

describe.skipIf(noSandbox !== undefined)('an agent', () => {
  it.each([
    ['changes nothing', 'true', /changes nothing/],
    ['deletes the clone', 'rm -rf ./* .git .[a-z]*; echo gone', /takes every file away/],
    ['adds a binary file', 'head -c 2000 /dev/urandom > noise; echo ok', /binary file: "noise"/],
    ['makes more than 1 MB', 'seq 1 300000 > numbers.txt; echo ok', /over 1 MB/],
    ['makes 50 MB', 'seq 1 7000000 > numbers.txt; echo ok', /over 1 MB|binary/],
    ['links out', 'ln -s /etc/passwd passwd; echo ok', /symbolic link out of its tree at "passwd"/],
    ['links up', 'ln -s ../../x up; echo ok', /symbolic link out/],
    [
      'nests a repository',
      'mkdir n; cd n; git init -q; touch a; git add a; git commit -qm a; echo ok',
      /repository of its own at "n"/,
    ],
    ['fails', 'echo broken >&2; exit 3', /ended as failed: broken/],
    ['writes text that is not UTF-8', "printf 'caf\\351\\n' > latin; echo ok", /not UTF-8/],
  ])('that %s has failed, with the reason, and leaves nothing', async (_, agent, reason) => {
    const rig = rigOf({ agent });
    const before = hashOf(rig.repository);
    expect(await rig.draft()).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(reason) as unknown,
      partial: { costUsd: 0.25, base: rig.git('rev-parse', 'HEAD') },
    });
    expect(readdirSync(rig.folder)).toEqual([]);
    expect(hashOf(rig.repository)).toBe(before);
  });

  it('that fills the disk is ended at the cap', async () => {
    const rig = rigOf({
      agent: 'while :; do n=$((n+1)); head -c 2000000 /dev/zero > "/tmp/f$n" || exit 1; done',
      config: { 'drafter.maxMegabytes': 50 },
    });
    expect(await rig.draft()).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/more than 50 MB on the disk/) as unknown,
    });
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it('that writes outside, forks away and closes its folders leaves nobody and nothing', async () => {
    const outside = tempDir();
    const agent = [
      `echo x > ${outside}/x; echo x > /etc/x; echo x > /usr/x; echo x > /x; mkdir -p ${outside}/y`,
      'setsid -f sleep 987; (sleep 988 &) ; nohup sleep 989 >/dev/null 2>&1 &',
      'mkdir -p /tmp/closed/in; chmod 000 /tmp/closed; mkdir closed; chmod 555 closed',
      change,
    ].join('\n');
    const rig = rigOf({ agent });
    const draft = drafted(await rig.draft());
    expect(draft.files.map(({ path }) => path)).toEqual(['greet.sh']);
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(rig.folder)).toEqual([]);
    expect((await findMarked('TMPDIR', '/tmp')).filter(({ command }) => /sleep 98/.test(command))).toEqual(
      [],
    );
  });

  it('that turns its own .git into a trap springs nothing of ours', async () => {
    const outside = tempDir();
    const agent = [
      'git config core.fsmonitor "touch /tmp/sprung"; git config filter.t.clean "touch /tmp/sprung; cat"',
      'echo "* filter=t" > .gitattributes; git config core.worktree /; rm -rf .git/objects',
      `ln -sfn ${outside} .git/hooks`,
      change,
    ].join('\n');
    const draft = drafted(await rigOf({ agent }).draft());
    expect(draft.files.map(({ path, flags }) => [path, flags])).toEqual([
      ['.gitattributes', ['touches git itself']],
      ['greet.sh', []],
    ]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it('whose sandbox leaves empty files behind has a draft without them', async () => {
    const agent = `touch .bashrc .gitconfig .gitmodules .mcp.json; mkdir -p .claude; touch .claude/x .vscode; ${change}`;
    const draft = drafted(await rigOf({ agent }).draft());
    expect(draft.files.map(({ path }) => path)).toEqual(['greet.sh']);
    expect(draft.flags.join('; ')).toContain('left out .bashrc');
  });

  it('that edits tests to pass is judged by those of the base, and flagged', async () => {
    const agent = 'echo "echo bye" > greet.sh; echo true > test/greet.test.sh; echo "I fixed it"';
    const rig = draftRig({ agent });
    const draft = drafted(await rig.draft());
    expect(draft.tests).toMatchObject({
      base: { ran: true, passed: true },
      draft: { ran: true, passed: false },
      own: { ran: true, passed: true },
    });
    expect(draft.tests.draft.output).toContain('not ok 1 - greets');
    expect(draft.flags).toEqual(
      expect.arrayContaining(["the base's tests fail on the draft", 'changes a test']),
    );
  });

  it('is called off with its draft', async () => {
    const rig = rigOf({ agent: 'sleep 60' });
    const outcome = rig.draft({}, AbortSignal.timeout(2_500));
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'it was called off' });
    expect(readdirSync(rig.folder)).toEqual([]);
  });
});

function emptyRepository(): string {
  const folder = tempDir();
  gitIn(folder, 'init', '-q');
  return folder;
}
