import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../../src/fleet/accept-key.ts';
import { type DeclaredHost, definitionOf } from '../../../src/fleet/definition.ts';
import { createProbe, sshTarget } from '../../../src/fleet/probe/probe.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { startSshd, withoutSshd } from '../../helpers/fleet/sshd.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();
if (withoutSshd !== undefined) process.stderr.write(`${withoutSshd}\n`);
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const longMs = 30_000;

describe.skipIf(withoutSshd !== undefined)('a host behind a real sshd', () => {
  it('shows a key that is accepted once by name, and then tells its report through all noise', async () => {
    const sshd = await startSshd({ rc: 'echo "load 77 77 77"; echo noise >&2' });
    const deps = { env: process.env, home: tempDir(), worker };
    const host = definitionOf('nas', {
      ssh: sshd.address,
      identity: sshd.identity,
      knownHosts: join(sshd.folder, 'known'),
    });
    const probe = createProbe(deps);
    expect(await probe(host, longMs)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('its host key is not known') as string,
    });
    const target = sshTarget(deps, host);
    const env = { PATH: process.env['PATH'] ?? '', HOME: sshd.folder };
    const accepted = await acceptKey(target, { env });
    expect(accepted).toMatchObject({ type: 'ssh-ed25519', isNew: true });
    expect(accepted.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(readFileSync(join(sshd.folder, 'known'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(await acceptKey(target, { env })).toMatchObject({
      fingerprint: accepted.fingerprint,
      isNew: false,
    });
    const outcome = await probe(host, longMs);
    expect(outcome).toMatchObject({ kind: 'answered' });
    if (outcome.kind !== 'answered') return;
    expect(outcome.report.load1).not.toBe(77);
    expect(outcome.report.load1).toBeGreaterThanOrEqual(0);
    expect(outcome.report.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

    await sshd.restart({ newKey: true });
    expect(await probe(host, longMs)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('its host key has changed') as string,
    });
    await expect(acceptKey(target, { env })).rejects.toMatchObject({ code: 'CONFLICT' });

    const stranger: DeclaredHost = {
      ssh: sshd.address,
      identity: join(sshd.folder, 'host-1'),
      knownHosts: join(sshd.folder, 'other'),
    };
    const other = definitionOf('nas', stranger);
    await acceptKey(sshTarget(deps, other), { env });
    expect(await probe(other, longMs)).toMatchObject({ kind: 'failed', reason: 'it refuses the key' });
    await sshd.stop();
    expect(await probe(host, longMs)).toMatchObject({ kind: 'failed', reason: 'the connection was refused' });
  });

  it('that hangs, floods or prints no report fails within its deadline and leaves nobody', async () => {
    for (const [rc, reason] of [
      ['sleep 600 & sleep 600', /did not answer within/],
      [
        'while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done',
        /far more than a report|did not answer/,
      ],
      ['exit 3', /ended with status 3|no report/],
    ] as const) {
      const sshd = await startSshd({ rc });
      const deps = { env: process.env, home: tempDir(), worker };
      const host = definitionOf('nas', { ssh: sshd.address, identity: sshd.identity });
      await acceptKey(sshTarget(deps, host), {
        env: { PATH: process.env['PATH'] ?? '', HOME: sshd.folder },
        timeoutMs: 3_000,
      });
      const startedAt = performance.now();
      expect(await createProbe(deps)(host, 3_000)).toMatchObject({
        kind: 'failed',
        reason: expect.stringMatching(reason) as string,
      });
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      await sshd.stop();
    }
  });

  it('that accepts and never says a word fails within its deadline', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => silent.close());
    const { port } = silent.address() as { port: number };
    const host = definitionOf('nas', { ssh: `x@127.0.0.1:${port}` });
    const startedAt = performance.now();
    const outcome = await createProbe({ env: process.env, home: tempDir(), worker })(host, 1_500);
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/did not answer/) as string,
    });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});
