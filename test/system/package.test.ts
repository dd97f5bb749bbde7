import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { until } from '../helpers/daemon.ts';

/* The package as people get it: packed once, and installed once into an empty prefix. */
const maxBytes = 20_000_000;
const minute = 60_000;
let folder = '';
let tarball = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'njd-pack-'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: packagePath('.'),
    stdio: 'ignore',
    timeout: 2 * minute,
  });
  tarball = join(folder, readdirSync(folder)[0] ?? '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has all that runs and nothing else, in less than 20 MB', () => {
  expect(statSync(tarball).size).toBeLessThan(maxBytes);
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8', maxBuffer: 10_000_000 })
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
  const migrations = readdirSync(packagePath('sql')).filter((name) => /^\d{6}_/.test(name));
  for (const needed of [
    ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/src/main.js', 'dist/man/ninjad.1'],
    ...['dist/actors/database/pglite-child.js', 'public/index.html', 'public/js/main.js'],
    ...migrations.map((name) => `sql/${name}`),
  ])
    expect(names).toContain(needed);
  const foreign = names.filter(
    (name) =>
      !/^(?:dist|public|sql)\/|^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(name) ||
      /\.map$|\.tsbuildinfo$|\.ts$|schema\.sql$|\.test\./.test(name),
  );
  expect(foreign).toEqual([]);
});

/** npm with a home of its own and nothing of this clone's settings; what was fetched before need not be fetched again. */
function npm(args: readonly string[]) {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { cwd: '/', encoding: 'utf8' }).trim();
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  return spawn('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--cache', cache], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      ...(certificates !== undefined && { NODE_EXTRA_CA_CERTS: certificates }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

const isReachable =
  spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=20000'], { cwd: '/', timeout: minute })
    .status === 0;
if (!isReachable)
  process.stderr.write(
    'skipped: the registry of npm cannot be reached, so the package is not installed here\n',
  );

it.skipIf(!isReachable)(
  'is installed into an empty prefix, and answers with the offline agent there',
  { timeout: 15 * minute },
  async () => {
    const prefix = join(folder, 'prefix');
    const child = npm(['install', '--global', '--prefix', prefix, tarball]);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child, 'close');
    expect(child.exitCode, said).toBe(0);
    expect(existsSync(join(prefix, 'share/man/man1/ninjad.1'))).toBe(true);

    const home = join(folder, 'ninjad');
    const env = {
      PATH: `${join(prefix, 'bin')}:/usr/bin:/bin`,
      HOME: join(folder, 'home'),
      NINJAD_HOME: home,
      NINJAD_PORT: '0',
      NINJAD_ALLOW_DOWNLOAD: 'false',
    };
    const ninjad = (...args: string[]) =>
      spawnSync('ninjad', args, { env, encoding: 'utf8', timeout: 5 * minute });
    expect(ninjad('--version').stdout).toMatch(/^ninjad \d+\.\d+\.\d+ \(.+, node \d+\.\d+\.\d+\)\n$/);
    const daemon = spawn('ninjad', ['up'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const gone = once(daemon, 'exit');
    try {
      await until(
        'it is ready',
        () => {
          if (daemon.exitCode !== null) throw new Error(`it ended:\n${log}`);
          return ninjad('status', '--json').stdout.includes('"ready": true');
        },
        5 * minute,
      );
      const asked = ninjad('ask', 'hello');
      expect({ status: asked.status, stderr: asked.stderr }).toEqual({ status: 0, stderr: '' });
      expect(asked.stdout).toMatch(/I am the offline agent/);
    } finally {
      daemon.kill('SIGTERM');
      await gone;
    }
    expect(daemon.exitCode).toBe(0);
  },
);
