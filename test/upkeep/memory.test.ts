import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';

const much = packagePath('test', 'fixtures', 'upkeep', 'packs-much.ts');
const smallMb = 16;
const largeMb = 240;

it.each(['gzip', 'zstd'])(
  'packs, reads back and takes out by %s in memory that does not grow with what is packed',
  (codec) => {
    const args = ['--import', 'tsx', much, codec, String(smallMb), String(largeMb)];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const [small = 0, large = Infinity] = JSON.parse(printed) as number[];
    expect(large - small).toBeLessThan((largeMb - smallMb) / 3);
  },
  180_000,
);
