import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { until } from '../daemon.ts';

const program = ['/usr/sbin/dovecot', '/usr/bin/dovecot'].find((path) => existsSync(path));
if (program === undefined) console.warn('tests of mail against dovecot are skipped: no dovecot in /usr/sbin');

/** `describe` for what needs Debian's dovecot: skipped where it is missing. */
export const describeWithDovecot = describe.skipIf(program === undefined);

/** A real IMAP server with one user, on a port and in a folder of its own. */
export interface Dovecot {
  port: number;
  url(folder?: string): string;
  /** Files a mail as a delivery does: whole, and under a name of its own. */
  deliver(mail: string | Buffer, folder?: string): void;
  deliverAll(mails: readonly string[], folder?: string): void;
  /** The flags of all mails of a folder, by the names of their files: what a reader must not change. */
  flags(folder?: string): string[];
  /** Gives the folder another UIDVALIDITY and its mails other UIDs. */
  renumber(folder?: string): void;
  /** What the server has written down of its sessions. */
  log(): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes all. */
  remove(): Promise<void>;
}

export const dovecotUser = 'owner@example.org';
export const dovecotPassword = 'p@ss /wörd?#';

let deliveries = 0;

/** Dovecot serves nobody as root, and its login processes are another user's than the mail. */
const owner =
  userInfo().uid === 0 && program !== undefined
    ? {
        uid: idOf('-u', 'mail'),
        gid: idOf('-g', 'mail'),
        login: 'dovenull',
        internal: 'dovecot',
        group: 'dovecot',
      }
    : {
        uid: userInfo().uid,
        gid: userInfo().gid,
        login: userInfo().username,
        internal: userInfo().username,
        group: execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim(),
      };

function idOf(option: string, user: string): number {
  return Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
}

/** Starts a server. `extra` is added to its configuration. */
export async function startDovecot(extra = ''): Promise<Dovecot> {
  const home = mkdtempSync(join(tmpdir(), 'dc-'));
  const port = await freePort();
  const mailDir = join(home, 'mail');
  const makeFolder = (dir: string): void => {
    for (const path of [dir, ...['cur', 'new', 'tmp'].map((part) => join(dir, part))]) {
      mkdirSync(path, { recursive: true });
      chownSync(path, owner.uid, owner.gid);
    }
  };
  chmodSync(home, 0o755);
  makeFolder(mailDir);
  mkdirSync(join(home, 'home'));
  chownSync(join(home, 'home'), owner.uid, owner.gid);
  const config = join(home, 'dovecot.conf');
  writeFileSync(join(home, 'users'), `${dovecotUser}:{PLAIN}${dovecotPassword}\n`);
  writeFileSync(config, configOf(home, port, extra));
  let child: ChildProcess | undefined;

  const folderDir = (folder: string): string => {
    const dir = folder === 'INBOX' ? mailDir : join(mailDir, `.${folder}`);
    if (!existsSync(dir)) makeFolder(dir);
    return dir;
  };
  const server: Dovecot = {
    port,
    url: (folder = 'INBOX') =>
      `imap://${encodeURIComponent(dovecotUser)}:${encodeURIComponent(dovecotPassword)}@127.0.0.1:${port}/${folder}`,
    deliver(mail, folder = 'INBOX') {
      deliveries += 1;
      const name = `${Date.now()}.M${String(deliveries).padStart(7, '0')}.test`;
      const unfinished = join(folderDir(folder), 'tmp', name);
      writeFileSync(unfinished, mail);
      chownSync(unfinished, owner.uid, owner.gid);
      renameSync(unfinished, join(folderDir(folder), 'new', name));
    },
    deliverAll(mails, folder) {
      for (const mail of mails) server.deliver(mail, folder);
    },
    flags: (folder = 'INBOX') =>
      ['cur', 'new'].flatMap((part) =>
        readdirSync(join(folderDir(folder), part)).map(
          (name) => `${part === 'new' ? 'new' : 'cur'} ${name.split(':')[1] ?? '2,'}`,
        ),
      ),
    renumber(folder = 'INBOX') {
      const dir = folderDir(folder);
      for (const name of readdirSync(dir))
        if (name.startsWith('dovecot')) rmSync(join(dir, name), { recursive: true });
    },
    log: () => readFileSync(join(home, 'log'), 'utf8'),
    async start() {
      child = spawn(program ?? '', ['-F', '-c', config], { stdio: 'ignore' });
      await until('dovecot listens', () => listens(port), 30_000);
    },
    async stop() {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null) return;
      const gone = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGTERM');
      await gone;
      await until('dovecot is gone', async () => !(await listens(port)), 30_000);
    },
    async remove() {
      await server.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  await server.start();
  return server;
}

function configOf(home: string, port: number, extra: string): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_login_user = ${owner.login}
default_internal_user = ${owner.internal}
default_internal_group = ${owner.group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:${home}/mail
mail_max_userip_connections = 10
mailbox_list_index = no
maildir_very_dirty_syncs = no
mailbox_idle_check_interval = 1 secs
passdb {
  driver = passwd-file
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${home}/home
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
${extra}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
