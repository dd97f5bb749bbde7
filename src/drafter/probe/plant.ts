import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { identityOf } from '../../lib/process/identity.ts';
import { insideId } from '../sandbox/flags.ts';

/** What the probe looks for from inside; none of it may be found. */
export interface Planted {
  /** Name of each file that it tries to write. */
  fileName: string;
  uid: number;
  /** The namespaces outside, by kind. */
  namespaces: Record<string, string>;
  /** Places of the sandbox that may be written to, as mounts. */
  writable: string[];
  /** Where it is to be at work. */
  cwd: string;
  /** Folders in which no file may be written. */
  closed: string[];
  secretFile: string;
  /** Paths that may not be there at all. */
  unseen: string[];
  /** Named pipes that may not be opened. */
  pipes: string[];
  /** The only variables that may be there. */
  variables: string[];
  process: { pid: number; startTime: string };
  /** A port of loopback, a socket with a file, and one without: each is listened on outside. */
  port: number;
  socket: string;
  abstract: string;
}

/** Planted things that are there until they are cleared. */
export interface Plants {
  planted: Planted;
  clear(): Promise<void>;
}

/** What is known of the sandbox that is to be proved. */
export interface PlantOptions {
  /** A folder outside of the sandbox, for files and sockets; made by this and removed by whoever owns it. */
  folder: string;
  writable: string[];
  cwd: string;
  /** Folders of this machine that must stay as they are, beside the system's. */
  closed: string[];
  unseen: string[];
  pipes: string[];
  variables: string[];
}

const kinds = ['user', 'pid', 'net', 'ipc', 'uts', 'mnt', 'cgroup'];
const systemClosed = ['/', '/usr', '/usr/bin', '/etc', '/var/tmp', '/run', '/root', '/home', '/opt', '/srv'];
const systemUnseen = [
  '/run/docker.sock',
  '/var/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/dbus',
  '/run/user',
  '/run/systemd',
  '/run/secrets',
  '/sys/kernel',
  '/sys/fs',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/ssl/private',
];

/** Plants what a sandbox has to hide: a secret, sockets of each kind, a named pipe. */
export async function plant(options: PlantOptions): Promise<Plants> {
  const { folder, writable, cwd, closed, unseen, pipes, variables } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mark = randomBytes(6).toString('hex');
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, randomBytes(16).toString('hex'), { mode: 0o600 });
  const pipe = join(folder, 'pipe');
  await execa('mkfifo', ['-m', '600', pipe], { reject: false, stdin: 'ignore' });
  const socket = join(folder, 's');
  const abstract = `ninjad-probe-${mark}`;
  const tcp = await listen({ host: '127.0.0.1', port: 0 });
  const servers = [tcp, await listen({ path: socket }), await listen({ path: `\0${abstract}` })];
  return {
    planted: {
      fileName: `.ninjad-probe-${mark}`,
      uid: insideId,
      namespaces: namespacesOutside(),
      writable,
      cwd,
      closed: [...new Set([...systemClosed, folder, ...closed])],
      secretFile,
      unseen: [...systemUnseen, secretFile, ...unseen],
      pipes: [pipe, ...pipes],
      variables,
      process: ownProcess(),
      port: (tcp.address() as AddressInfo).port,
      socket,
      abstract,
    },
    async clear() {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listen(at: { host: string; port: number } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(at);
  await once(server, 'listening');
  return server;
}

function namespacesOutside(): Record<string, string> {
  const found = kinds.map((kind) => [kind, linkOf(`/proc/self/ns/${kind}`)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function ownProcess(): Planted['process'] {
  return { pid: process.pid, startTime: String(identityOf(process.pid)?.startTime ?? '') };
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
