import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { constants } from 'node:os';

/*
 * Runs inside of the sandbox between bubblewrap and the agent: an entry file of its own, which imports nothing but Node. It
 * joins a port of the sandbox's own loopback to the one bound socket, behind which the proxy listens, and tells the agent of
 * that port by the variables that HTTP clients know. Arguments: the socket, then the command line.
 */
const [socketPath = '', command = '', ...args] = process.argv.slice(2);

const server = createServer((inner) => {
  const outer = connect(socketPath);
  inner.pipe(outer).pipe(inner);
  inner.on('error', () => outer.destroy());
  outer.on('error', () => inner.destroy());
  inner.on('close', () => outer.destroy());
  outer.on('close', () => inner.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...proxied(address) } });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
});

function proxied(address: string): Record<string, string> {
  const own = '127.0.0.1,localhost';
  return {
    HTTP_PROXY: address,
    HTTPS_PROXY: address,
    http_proxy: address,
    https_proxy: address,
    NO_PROXY: own,
    no_proxy: own,
    // The proxy knows where the API is, and has its key.
    ...(process.env['NINJAD_API'] === 'proxied' && { ANTHROPIC_BASE_URL: address }),
  };
}
