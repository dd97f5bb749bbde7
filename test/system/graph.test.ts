import { describe, expect, it, afterEach } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard();
afterEach(() => endDaemons());

describe('the knowledge graph of a running daemon', () => {
  it('learns from a task that has ended, shows it, takes the owner’s word for it, and keeps it over a crash', async () => {
    const daemon = await startDaemon();
    const asked = await daemon.ninjad(
      'ask',
      'Bob Miller restarted nginx on web-01, which stands in Hamburg.',
    );
    expect(asked.code).toBe(0);
    await until('the task was read', async () => {
      const { stdout } = await daemon.ninjad('entities', '--json');
      return (JSON.parse(stdout) as { name: string }[]).some(({ name }) => name === 'Bob Miller');
    });
    expect(
      Object.keys(Object.fromEntries((await daemon.status()).children.map(({ id }) => [id, true]))),
    ).toContain('graph');

    const shown = await daemon.ninjad('entities', 'show', 'web-01');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('nginx on web-01');
    expect(shown.stdout).toContain('Bob Miller restarted nginx on web-01, which stands in Hamburg.');

    expect((await daemon.ninjad('entities', 'rename', 'web-01', 'front')).stdout).toBe(
      'web-01 is called front now\n',
    );
    await daemon.kill('SIGKILL');
    const again = await startDaemon({ home: daemon.home });
    expect((await again.ninjad('entities', 'show', 'web-01')).stdout).toMatch(/^front /);
    expect((await again.ninjad('entities', 'show', 'nobody')).stderr).toBe(
      'ninjad: there is no entity nobody\n',
    );
    await again.kill('SIGTERM');
  });
});
