import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { bareHost, isSpared, proxyIn } from '../../lib/proxies.ts';
import type { Host } from './hosts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const connectMs = 15_000;

/** A connection to that host, by way of the owner's own proxy where the environment names one for it. */
export function connectOutward(host: Host, env: Environment): Promise<Socket> {
  const own = ownersProxy(host, env);
  return own === undefined ? direct(host) : through(own, host);
}

function direct({ name, port }: Host): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: bareHost(name), port, timeout: connectMs });
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once('timeout', () => socket.destroy(new Error(`${name}:${port} did not answer`)));
    socket.once('error', reject);
  });
}

function through(own: URL, { name, port }: Host): Promise<Socket> {
  const target = `${name}:${port}`;
  const login = own.username === '' ? undefined : decodeURIComponent(`${own.username}:${own.password}`);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({
      host: bareHost(own.hostname),
      port: own.port === '' ? 80 : Number(own.port),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(login !== undefined && {
          'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}`,
        }),
      },
      timeout: connectMs,
    });
    asked.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy ${own.host} refused ${target}: ${response.statusCode}`));
      }
    });
    asked.once('timeout', () => asked.destroy(new Error(`the proxy ${own.host} did not answer`)));
    asked.once('error', reject);
    asked.end();
  });
}

/** The owner's proxy for that host; undefined where there is none, or where NO_PROXY names the host. */
function ownersProxy({ name, port }: Host, env: Environment): URL | undefined {
  const value = proxyIn(env, port === 80 ? 'http' : 'https');
  if (value === undefined || !/^http:\/\//.test(value) || !URL.canParse(value)) return undefined;
  return isSpared(env, { host: name, port }) ? undefined : new URL(value);
}
