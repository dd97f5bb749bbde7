import { expect, it } from 'vitest';
import { managerOf, type NodeLook, stableNode } from '../../../src/upkeep/service/node-path.ts';

/** A machine with these nodes and their versions. */
function machine(nodes: Record<string, string> = {}): NodeLook {
  return { exists: (path) => Object.hasOwn(nodes, path), versionOf: (path) => nodes[path] };
}

it.each([
  ['/home/a/.nvm/versions/node/v20.20.2/bin/node', 'nvm'],
  ['/home/a/.local/share/fnm/node-versions/v22.1.0/installation/bin/node', 'fnm'],
  ['/run/user/1000/fnm_multishells/123_456/bin/node', 'fnm'],
  ['/opt/homebrew/Cellar/node/24.1.0/bin/node', 'Homebrew'],
  ['/home/linuxbrew/.linuxbrew/Cellar/node@22/22.3.0/bin/node', 'Homebrew'],
  ['/home/a/.volta/tools/image/node/22.0.0/bin/node', 'Volta'],
  ['/home/a/.local/share/mise/installs/node/22.3.0/bin/node', 'mise'],
  ['/home/a/.asdf/installs/nodejs/22.3.0/bin/node', 'asdf'],
  ['/home/a/.nodenv/versions/22.3.0/bin/node', 'nodenv'],
  ['/snap/node/8000/bin/node', 'snap'],
])(
  'knows %s for a folder of one version of %s, and says so where there is nothing better',
  (path, manager) => {
    expect(stableNode(path, machine())).toMatchObject({ path, manager, isStable: false });
    expect(stableNode(path, machine()).says).toContain('run ninjad service install again');
  },
);

it.each([
  ['/opt/homebrew/Cellar/node@22/22.3.0/bin/node', '/opt/homebrew/opt/node@22/bin/node'],
  ['/home/a/.volta/tools/image/node/22.0.0/bin/node', '/home/a/.volta/bin/node'],
  [
    '/home/a/.local/share/mise/installs/node/22.3.0/bin/node',
    '/home/a/.local/share/mise/installs/node/22/bin/node',
  ],
  [
    '/home/a/.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
    '/home/a/.local/share/fnm/aliases/default/bin/node',
  ],
])('takes in place of %s what its manager keeps', (path, stays) => {
  expect(stableNode(path, machine({ [stays]: '22.3.0', '/usr/bin/node': '24.0.0' }))).toMatchObject({
    path: stays,
    isStable: true,
  });
});

it('takes a node of the machine’s own where that is new enough, and never an older one', () => {
  const nvm = '/home/a/.nvm/versions/node/v22.1.0/bin/node';
  expect(stableNode(nvm, machine({ '/usr/bin/node': '22.0.0' }))).toMatchObject({
    path: '/usr/bin/node',
    isStable: true,
  });
  expect(stableNode(nvm, machine({ '/usr/bin/node': '18.19.0' })).path).toBe(nvm);
  expect(stableNode(nvm, machine({ '/usr/bin/node': '20.9.0' })).path).toBe(nvm);
});

it('leaves a node alone that lies where it stays', () => {
  for (const path of ['/usr/bin/node', '/usr/local/bin/node', '/opt/node/bin/node']) {
    expect(managerOf(path)).toBeUndefined();
    expect(stableNode(path, machine())).toEqual({ path, manager: null, isStable: true, says: null });
  }
});
