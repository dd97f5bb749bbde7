import { shellWord } from '../../lib/shell-word.ts';
import type { ServiceDefinition } from './definition.ts';

/** What to do on a machine that no service manager of ours runs. */
export function insteadText({ home, node, script, stopMs }: ServiceDefinition): string {
  const line = `NINJAD_HOME=${shellWord(home)} ${shellWord(node)} ${shellWord(script)} up`;
  const seconds = Math.ceil(stopMs / 1000);
  return [
    'no systemd runs this machine (there is no /run/systemd/system), so there is nothing to install a service with. Instead:',
    `  OpenRC, runit, s6, supervisord: have it run  ${line}`,
    `    as your user, start it again whenever it ends, and wait ${seconds} s after SIGTERM before it kills`,
    // A % is a line break in a crontab.
    `  cron:       @reboot ${line.replaceAll('%', String.raw`\%`)} >/dev/null 2>&1`,
    `  container:  make it the main process, with docker run --init --restart always --stop-timeout ${seconds}`,
    '  WSL:        put [boot] systemd=true into /etc/wsl.conf, run wsl --shutdown, and try again',
  ].join('\n');
}
