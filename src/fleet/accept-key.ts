import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictError, UsageError } from '../lib/errors.ts';
import { runSsh, type SshTarget, whyNot } from './probe/ssh.ts';

/** A host's key as people compare it. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  fingerprint: string;
}

export interface Accepted extends HostKey {
  /** False where it was known already. */
  isNew: boolean;
  file: string;
}

const connectMs = 15_000;
const unknown = /Host key verification failed|No \S+ host key is known/i;
const changed = /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i;

/**
 * Accepts the key that a host shows now into the first of its files of known keys, unless another one of it is known: that is
 * refused with a `ConflictError`, since somebody may stand between. The system's ssh makes the connection, so that jumps and
 * aliases of its configuration hold; whether it lets us in does not matter here.
 */
export async function acceptKey(
  target: Omit<SshTarget, 'certificates'>,
  { env, timeoutMs = connectMs }: { env: Readonly<Record<string, string>>; timeoutMs?: number },
): Promise<Accepted> {
  const [file] = target.knownHosts;
  if (file === undefined) throw new UsageError('there is no file for its key');
  const run = { env, timeoutMs, mark: randomBytes(4).toString('hex'), input: '' };
  const strict = await runSsh(target, 'exit', run);
  if (changed.test(strict.stderr)) throw new ConflictError(whyNot(strict, timeoutMs, target.address));
  const folder = await mkdtemp(join(tmpdir(), 'ninjad-key-'));
  try {
    const seen = join(folder, 'known_hosts');
    const loose = await runSsh({ ...target, knownHosts: [seen] }, 'exit', {
      ...run,
      more: [
        '-o',
        'StrictHostKeyChecking=accept-new',
        '-o',
        'HashKnownHosts=no',
        '-o',
        'GlobalKnownHostsFile=/dev/null',
      ],
    });
    const lines = (await readFile(seen, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line.trim() !== '');
    const key = keyIn(lines[0] ?? '');
    if (key === undefined)
      throw new ConflictError(`it showed no key: ${whyNot(loose, timeoutMs, target.address)}`);
    const isNew = unknown.test(strict.stderr);
    if (isNew) await appendFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return { ...key, isNew, file };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The key of a line of a file of known keys. */
export function keyIn(line: string): HostKey | undefined {
  const [, type, blob] = /^(?:@\S+ )?\S+ (\S+) ([A-Za-z0-9+/=]{16,})/.exec(line) ?? [];
  if (type === undefined || blob === undefined) return undefined;
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return { type, fingerprint: `SHA256:${hash}` };
}
