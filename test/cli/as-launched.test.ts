import { describe, expect, it } from 'vitest';
import { asLaunched, knowCommands } from '../../src/cli/as-launched.ts';
import { launchedAs } from '../../src/lib/launched-as.ts';

describe('the name of the program', () => {
  it.each([
    [{}, 'ninjad'],
    [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: 'ninjad' }, 'npx ninjad'],
    [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: '"ninjad" "up"' }, 'npx ninjad'],
    [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: 'vitest' }, 'ninjad'],
    [{ npm_lifecycle_event: 'start', npm_package_name: 'ninjad' }, 'npx ninjad'],
    [{ npm_lifecycle_event: 'start', npm_package_name: 'other' }, 'ninjad'],
    [{ npm_lifecycle_event: 'test', npm_package_name: 'ninjad' }, 'ninjad'],
  ])('is as it was started: %j', (env, name) => {
    expect(launchedAs(env)).toBe(name);
  });
});

describe('commands in a text', () => {
  it.each([
    ['start one with: ninjad up', 'start one with: npx ninjad up'],
    ['see `ninjad tasks --state dead`', 'see `npx ninjad tasks --state dead`'],
    ['  $ ninjad --help', '  $ npx ninjad --help'],
    ['Usage: ninjad rules add', 'Usage: npx ninjad rules add'],
    ['what ninjad remembers', 'what ninjad remembers'],
    ['update ninjad', 'update ninjad'],
    ['ninjad is away', 'ninjad is away'],
    ['/srv/ninjad up', '/srv/ninjad up'],
    ['npx ninjad up', 'npx ninjad up'],
  ])('%s', (text, named) => {
    knowCommands(['up', 'tasks', 'rules']);
    expect(asLaunched(text, 'npx ninjad')).toBe(named);
    expect(asLaunched(text, 'ninjad')).toBe(text);
  });
});
