import { afterEach, describe, expect, it } from 'vitest';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { endFamilies, newMarker, startFamily } from '../../fixtures/process/family.ts';

afterEach(endFamilies);

describe('marked processes', () => {
  it('are found after their parent is gone, with identity, command and value', async () => {
    const marker = newMarker();
    const { root } = await startFamily(
      'exec 3>&1; setsid -f sh -c "echo daemon \\$\\$ >&3; echo ready >&3; exec sleep 299"',
      {
        marker,
      },
    );
    await expect
      .poll(async () => (await findMarked(marker.name, marker.value)).map(({ command }) => command))
      .toEqual(['sleep 299']);
    const [found] = await findMarked(marker.name, marker.value.slice(0, -4));
    expect(found?.value).toBe(marker.value);
    expect(found?.identity.pid).not.toBe(root.pid);
  });

  it('are not those of another value, of another variable, or our own ancestors', async () => {
    const marker = newMarker();
    await startFamily('echo ready; exec sleep 300', { marker });
    expect(await findMarked(marker.name, `${marker.value}x`)).toEqual([]);
    expect(await findMarked(`X${marker.name}`, '')).toEqual([]);
    const withPath = await findMarked('PATH', '');
    expect(withPath.map(({ identity }) => identity.pid)).not.toContain(process.pid);
    expect(withPath.map(({ identity }) => identity.pid)).not.toContain(process.ppid);
  });
});
