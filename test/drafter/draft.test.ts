import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leakGuard } from '../helpers/leak-guard.ts';
import { drafted, draftRig, hashOf } from './draft-rig.ts';
import { noSandbox } from './sandbox-rig.ts';

leakGuard();

const greets = `cat > greet.sh <<'E'
echo "hello \${1:-you}"
E
mkdir -p test && echo '[ "$(sh greet.sh Ada)" = "hello Ada" ]' > test/name.test.sh; echo "I made it greet"`;

describe.skipIf(noSandbox !== undefined)('a draft', () => {
  it('is a patch with its tests, its flags and its cost, and leaves everything else as it was', async () => {
    const rig = draftRig({ agent: greets });
    const before = [hashOf(rig.repository), hashOf(rig.paths.home)];
    const draft = drafted(await rig.draft());
    expect(draft.summary).toBe('I made it greet');
    expect([hashOf(rig.repository), hashOf(rig.paths.home)]).toEqual(before);
    expect(readdirSync(rig.folder)).toEqual([]);
  });
});
