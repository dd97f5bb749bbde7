import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { closeAfterTest } from './closers.ts';
import { tempDir } from './temp-dir.ts';

/** The receiving end of sd_notify(3). */
export interface NotifyReceiver {
  /** For NOTIFY_SOCKET. */
  address: string;
  /** Each message so far, its lines joined by `;`, without barriers. */
  heard: () => string[];
}

/** Listens as systemd does, by perl, since Node has no sockets of datagrams. A descriptor that comes with a barrier is dropped there. */
export async function notifyReceiver(): Promise<NotifyReceiver> {
  const address = join(tempDir(), 'notify');
  const script = `use IO::Socket::UNIX; use Socket; $| = 1;
    my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
    print "listening\\n"; while (1) { $s->recv(my $d, 65536); $d =~ s/\\n/;/g; print "$d\\n" if length $d; }`;
  const child = spawn('perl', ['-e', script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  closeAfterTest(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('listening')) await once(child.stdout, 'data');
  return {
    address,
    heard: () =>
      said
        .split('\n')
        .slice(1)
        .filter((line) => line !== '' && line !== 'BARRIER=1'),
  };
}
