import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHome } from '../../../src/lib/config/open-home.ts';
import { homeFrom, homePaths } from '../../../src/lib/config/paths.ts';
import { notPrivate } from '../../../src/lib/config/private-dir.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { openSocketDir, socketDir } from '../../../src/lib/config/socket-dir.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninjad-home-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const longHome = () => join(folder, 'a-rather-long-name'.repeat(8));

describe('the home', () => {
  it('is NINJAD_HOME, or .ninjad in the home folder of the user', () => {
    expect(homeFrom({ HOME: '/home/me' })).toBe('/home/me/.ninjad');
    expect(homeFrom({ HOME: '/home/me', NINJAD_HOME: '' })).toBe('/home/me/.ninjad');
    expect(homeFrom({ NINJAD_HOME: '/srv/ninjad/' })).toBe('/srv/ninjad');
  });

  it('expands a leading ~/, and is never in the folder that happens to be current', () => {
    expect(homeFrom({ HOME: '/home/me', NINJAD_HOME: '~/nj' })).toBe('/home/me/nj');
    expect(homeFrom({ HOME: '/home/me/', NINJAD_HOME: '~' })).toBe('/home/me');
    for (const NINJAD_HOME of ['here', './here', '../here', '~other/nj', '$HOME/nj'])
      expect(() => homeFrom({ HOME: '/home/me', NINJAD_HOME })).toThrow(
        /NINJAD_HOME: expected an absolute path/,
      );
    for (const HOME of ['', 'me', '~'])
      for (const NINJAD_HOME of [undefined, '~/nj'])
        expect(() => homeFrom({ HOME, NINJAD_HOME })).toThrow(/^HOME: expected the absolute path/);
    expect(homeFrom({ HOME: '', NINJAD_HOME: '/srv/ninjad' })).toBe('/srv/ninjad');
  });

  // In a process of its own, since the fault is a call that never returns.
  it('is refused where no folder can be made, as below /proc', { timeout: 60_000 }, () => {
    const code = `import { openHome } from ${JSON.stringify(packagePath('src', 'lib', 'config', 'open-home.ts'))};
      try { openHome('/proc/ninjad-test/home'); } catch (thrown) { console.log(thrown.message); }`;
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', code],
      { cwd: packagePath(), encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
    );
    expect(stdout).toContain('cannot make the folder /proc/ninjad-test/home');
  });

  it('names the files of the contract', () => {
    const paths = homePaths('/srv/ninjad');
    expect(paths).toMatchObject({
      fifo: '/srv/ninjad/events.fifo',
      spool: '/srv/ninjad/spool',
      journal: '/srv/ninjad/journal',
      pg: '/srv/ninjad/pg',
      token: '/srv/ninjad/token',
      logs: '/srv/ninjad/logs',
      models: '/srv/ninjad/models',
      configFile: '/srv/ninjad/config.json',
    });
    expect(existsSync('/srv/ninjad')).toBe(false);
  });

  it('is made private with everything in it, whatever the umask', () => {
    const before = process.umask(0);
    try {
      const paths = openHome(join(folder, 'deep', 'home'));
      for (const path of [paths.home, paths.spool, paths.journal, paths.pg, paths.logs, paths.sockets]) {
        expect(modeOf(path), path).toBe('700');
      }
    } finally {
      process.umask(before);
    }
  });

  it('may be opened again, with what is in it', () => {
    const paths = openHome(join(folder, 'home'));
    writeFileSync(join(paths.spool, 'kept'), 'yes');
    expect(openHome(paths.home)).toEqual(paths);
    expect(readFileSync(join(paths.spool, 'kept'), 'utf8')).toBe('yes');
  });

  it('is closed to readers where it was empty, and left as it is where somebody lives in it', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty, { mode: 0o755 });
    openHome(empty);
    expect(modeOf(empty)).toBe('700');

    const lived = join(folder, 'lived');
    mkdirSync(lived, { mode: 0o755 });
    writeFileSync(join(lived, 'diary'), '');
    openHome(lived);
    expect(modeOf(lived)).toBe('755');
    expect(modeOf(join(lived, 'spool'))).toBe('700');
  });

  it.each([0o777, 0o770, 0o702])('is refused when others may write to it (mode %o)', (mode) => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, mode);
    expect(() => openHome(open)).toThrow(
      `${open} can be written by others (mode 0${mode.toString(8)}): run chmod 700 ${open}`,
    );
    expect(existsSync(join(open, 'spool'))).toBe(false);
  });

  it('is refused when it belongs to someone else', () => {
    const mine = statSync(folder);
    expect(notPrivate(folder, mine, mine.uid + 1)).toBe(
      `${folder} belongs to user ${mine.uid}, and this is user ${mine.uid + 1}: choose a home of your own with NINJAD_HOME`,
    );
    expect(notPrivate(folder, mine, mine.uid)).toBeUndefined();
  });

  it('is refused when it is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => openHome(file)).toThrow(`cannot make the folder ${file}`);
  });
});

describe('the folder of the sockets', () => {
  it('is inside the home where the path fits', () => {
    expect(socketDir('/srv/ninjad')).toBe('/srv/ninjad/run');
  });

  it('is a short private one outside where it does not, and sockets can be bound there', async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', folder);
    const paths = openHome(longHome());
    expect(paths.sockets.startsWith(paths.home)).toBe(false);
    expect(modeOf(paths.sockets)).toBe('700');
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(join(paths.sockets, '.s.PGSQL.5432'), resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('is found by a client whose environment differs from the daemon’s', () => {
    const home = longHome();
    mkdirSync(home);
    const runtime = join(folder, 'runtime');
    mkdirSync(runtime);
    const opened = openSocketDir(home, { XDG_RUNTIME_DIR: runtime });
    expect(opened.startsWith(runtime)).toBe(true);
    expect(socketDir(home, {})).toBe(opened);
    expect(homePaths(home).controlSocket).toBe(join(opened, 'control.sock'));
  });

  it('is another one for another home', () => {
    expect(socketDir(`${longHome()}1`)).not.toBe(socketDir(`${longHome()}2`));
  });

  it('is refused where another hand has laid a link under its name', () => {
    const home = longHome();
    mkdirSync(home);
    const env = { XDG_RUNTIME_DIR: folder };
    const expected = socketDir(home, env);
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(folder, 'elsewhere'), expected);
    expect(() => openSocketDir(home, env)).toThrow(`${expected} is not a folder`);
    expect(lstatSync(expected).isSymbolicLink()).toBe(true);
  });

  it('says what to do when even the short one is too long', () => {
    const env = { XDG_RUNTIME_DIR: `/${'x'.repeat(100)}` };
    mkdirSync(longHome());
    expect(() => openSocketDir(longHome(), env)).toThrow('too long for a Unix socket');
  });
});
