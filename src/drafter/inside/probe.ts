import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Planted } from '../probe/plant.ts';
import type { Finding } from '../probe/prove-sandbox.ts';

/*
 * Runs inside of the sandbox as the agent would, and tries to get out: an entry file of its own, which imports nothing but
 * Node. The argument is what was planted, as JSON; the answer is one line of JSON: each attempt, and what came of it.
 */
const planted = JSON.parse(process.argv[2] ?? '{}') as Planted;
const connectMs = 1_000;

const findings = [
  ...namespaces(),
  ...identity(),
  ...mounts(),
  ...writes(),
  ...reads(),
  ...variables(),
  ...processes(),
  ...(await connections()),
];
process.stdout.write(`${JSON.stringify(findings)}\n`);

function held(name: string, hole: string | undefined): Finding {
  return hole === undefined ? { name, held: true } : { name, held: false, hole };
}

/** The kernel numbers namespaces: a number that outside has too is one that is shared. */
function namespaces(): Finding[] {
  return Object.entries(planted.namespaces).map(([kind, outside]) => {
    const inside = attempt(() => readlinkSync(`/proc/self/ns/${kind}`));
    if (inside === undefined) return held(`${kind} namespace`, 'it cannot be told whose it is');
    return held(`${kind} namespace`, inside === outside ? 'it is shared with this machine' : undefined);
  });
}

function identity(): Finding[] {
  const status = attempt(() => readFileSync('/proc/self/status', 'utf8')) ?? '';
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const none = [capabilities, bounding].every((mask) => mask !== undefined && /^0+$/.test(mask));
  const session = attempt(() => readFileSync('/proc/self/stat', 'utf8'))
    ?.split(') ')[1]
    ?.split(' ')[3];
  return [
    held('user', process.getuid?.() === planted.uid ? undefined : `it runs as user ${process.getuid?.()}`),
    held(
      'capabilities',
      none ? undefined : `it has ${capabilities ?? 'unknown'} of ${bounding ?? 'unknown'}`,
    ),
    held('no new privileges', /^NoNewPrivs:\s*1$/m.test(status) ? undefined : 'programs may gain privileges'),
    // Seen from inside, a session of somebody outside has the number 0.
    held('session', Number(session) > 0 ? undefined : 'its session is that of somebody outside'),
  ];
}

function mounts(): Finding[] {
  const table = attempt(() => readFileSync('/proc/self/mountinfo', 'utf8'));
  if (table === undefined) return [held('mounts', 'the table of mounts cannot be read')];
  const points = table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([, , , , at = '', options = '']) => ({ at, writable: options.split(',').includes('rw') }));
  const expected = new Set(planted.writable);
  const open = points.filter(
    ({ at, writable }) => writable && !expected.has(at) && !/^\/(?:dev|proc)(?:\/|$)/.test(at),
  );
  const missing = [...planted.writable, '/proc', '/dev', '/'].filter(
    (at) => !points.some((point) => point.at === at),
  );
  return [
    held('mounts', open.length === 0 ? undefined : `${list(open.map(({ at }) => at))} can be written to`),
    held('own places', missing.length === 0 ? undefined : `${list(missing)} is not a place of its own`),
    held(
      'working directory',
      process.cwd() === planted.cwd ? undefined : `it is at work in ${process.cwd()}`,
    ),
    held('devices', devices()),
  ];
}

function devices(): string | undefined {
  const known = /^(?:console|core|fd|full|null|ptmx|pts|random|shm|stderr|stdin|stdout|tty|urandom|zero)$/;
  const more = (attempt(() => readdirSync('/dev')) ?? []).filter((name) => !known.test(name));
  return more.length === 0 ? undefined : `/dev holds ${list(more)}`;
}

/** What was written stays, so that outside it can be told whether it has arrived there. */
function writes(): Finding[] {
  return planted.closed.map((folder) => {
    const wrote = attempt(() => {
      writeFileSync(join(folder, planted.fileName), 'a probe', { flag: 'wx' });
      return true;
    });
    return { ...held('write', wrote === true ? `a file could be written to ${folder}` : undefined), folder };
  });
}

function reads(): Finding[] {
  const secret = attempt(() => readFileSync(planted.secretFile, 'utf8'));
  const seen = planted.unseen.filter((path) => existsSync(path));
  const pipes = planted.pipes.filter(
    (path) =>
      attempt(() => {
        closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
        return true;
      }) === true,
  );
  return [
    held('secret', secret === undefined ? undefined : 'a planted secret could be read'),
    held('places', seen.length === 0 ? undefined : `${list(seen)} can be seen`),
    held('pipe', pipes.length === 0 ? undefined : `${list(pipes)} could be opened`),
  ];
}

function variables(): Finding[] {
  const known = new Set(planted.variables);
  const more = Object.keys(process.env).filter((name) => !known.has(name));
  return [held('environment', more.length === 0 ? undefined : `${list(more)} came along`)];
}

function processes(): Finding[] {
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return [held('processes', 'there is no /proc to look at')];
  const outside = attempt(() => readFileSync(`/proc/${planted.process.pid}/stat`, 'utf8'))
    ?.split(') ')[1]
    ?.split(' ')[19];
  return [
    held(
      'processes',
      outside === planted.process.startTime ? 'the process that started it can be seen' : undefined,
    ),
    held(
      'signals',
      outside === planted.process.startTime && attempt(() => process.kill(planted.process.pid, 0)) === true
        ? 'processes outside can be signalled'
        : undefined,
    ),
  ];
}

async function connections(): Promise<Finding[]> {
  const nets = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  const [tcp, socket, abstract] = await Promise.all([
    connects({ host: '127.0.0.1', port: planted.port }),
    connects({ path: planted.socket }),
    connects({ path: `\0${planted.abstract}` }),
  ]);
  return [
    held('network', nets.length === 0 ? undefined : `it has the network ${list(nets)}`),
    held('connect out', tcp ? 'a port of this machine could be reached' : undefined),
    held('socket', socket ? 'a socket of this machine could be reached' : undefined),
    held('abstract socket', abstract ? 'a socket without a file could be reached' : undefined),
  ];
}

function connects(to: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(to);
    const end = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(connectMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** The result, or undefined where it was refused. */
function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function list(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}
