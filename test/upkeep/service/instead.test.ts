import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { insteadText } from '../../../src/upkeep/service/instead.ts';

const home = "/tmp/it's Ada's 100%";
const text = insteadText({
  scope: 'user',
  home,
  node: '/bin/echo',
  script: '/opt/my ninjad/main.js',
  stopMs: 60_000,
} as Parameters<typeof insteadText>[0]);

it('gives a line that a shell takes, whatever the paths are', () => {
  const line = /have it run {2}(.*)$/m.exec(text)?.[1] ?? '';
  expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe('/opt/my ninjad/main.js up\n');
  const read = line.replace(/ \/bin\/echo.*$/, ' /usr/bin/env');
  expect(execFileSync('/bin/sh', ['-c', read], { encoding: 'utf8' })).toContain(`NINJAD_HOME=${home}\n`);
});

it('leaves no line break of a crontab in the line for cron', () => {
  const line = /@reboot (.*)$/m.exec(text)?.[1] ?? '';
  expect(line).toContain(String.raw`100\%`);
  expect(line).not.toMatch(/(?<!\\)%/);
});
