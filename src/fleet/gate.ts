import { readFile } from 'node:fs/promises';
import { connect, isIP } from 'node:net';
import { runGrouped } from '../lib/process/run-grouped.ts';
import { fixedPath } from '../lib/process/fixed-path.ts';

/** What the own line looks like from here. Null: there is nothing that could be asked. */
export interface Sighting {
  gateway: boolean | null;
  /** Whether one of the owner's addresses answers. */
  addresses: boolean | null;
}

export interface GateDeps {
  gateway: () => string;
  addresses: () => readonly string[];
  /** Default: the routes of this machine. */
  defaultGateway?: () => Promise<string | null>;
}

const answerMs = 3_000;
const holdsMs = 2_000;
const gatewayPorts = [53, 80, 443, 22];

/** Looks whether anything can be seen from here; whoever asks while a look goes on, or shortly after, gets that one. */
export function createGate({
  gateway,
  addresses,
  defaultGateway = routeOut,
}: GateDeps): () => Promise<Sighting> {
  let last: { at: number; sighting: Promise<Sighting> } | undefined;
  const look = async (): Promise<Sighting> => {
    const wanted = gateway();
    const own = wanted === 'none' ? null : wanted === 'auto' ? await defaultGateway() : wanted;
    const places = addresses();
    const [isThere, anybody] = await Promise.all([
      own === null ? null : gatewayAnswers(own),
      places.length === 0 ? null : anyOf(places.map(addressAnswers)),
    ]);
    return { gateway: isThere, addresses: anybody };
  };
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > holdsMs) {
      const begun = { at: now, sighting: look() };
      last = begun;
      void begun.sighting.then(() => (begun.at = performance.now()));
    }
    return last.sighting;
  };
}

/**
 * Why nobody can be blamed, or undefined. A gateway that has never answered (it may drop what is no traffic) says nothing by
 * its silence.
 */
export function whyBlind({ gateway, addresses }: Sighting, gatewayWasSeen: boolean): string | undefined {
  if (addresses === true) return undefined;
  if (addresses === false)
    return gateway === false
      ? 'neither the gateway nor any of your addresses outside answers'
      : 'none of your addresses outside answers';
  return gateway === false && gatewayWasSeen ? 'the gateway does not answer' : undefined;
}

/** A gateway that refuses a connection is there. */
async function gatewayAnswers(address: string): Promise<boolean> {
  return anyOf([...gatewayPorts.map((port) => knock(address, port, true)), ping(address)]);
}

function addressAnswers(place: string): Promise<boolean> {
  const [, bracketed, host = bracketed ?? '', port = '443'] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(place) ?? [];
  return knock(host, Number(port), false);
}

function knock(host: string, port: number, refusalCounts: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(refusalCounts && error.code === 'ECONNREFUSED'),
    );
  });
}

async function ping(address: string): Promise<boolean> {
  if (isIP(address) === 0) return false;
  const { ended, code } = await runGrouped({
    command: 'ping',
    args: ['-n', '-c', '1', address],
    env: { PATH: fixedPath },
    input: '',
    timeoutMs: answerMs,
    maxOutputBytes: 8_192,
  });
  return ended === 'exit' && code === 0;
}

/** True as soon as one is, false once none was. */
async function anyOf(asked: readonly Promise<boolean>[]): Promise<boolean> {
  return Promise.any(asked.map(async (one) => ((await one) ? true : Promise.reject(new Error('no'))))).catch(
    () => false,
  );
}

/** The gateway of the default route; null where there is none, or it cannot be told. */
async function routeOut(): Promise<string | null> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => undefined);
  if (table !== undefined) return gatewayIn(table);
  const { stdout } = await runGrouped({
    command: 'route',
    args: ['-n', 'get', 'default'],
    env: { PATH: fixedPath },
    input: '',
    timeoutMs: answerMs,
    maxOutputBytes: 8_192,
  });
  return /^\s*gateway: ([0-9a-f.:]+)$/im.exec(stdout)?.[1] ?? null;
}

/** The gateway of the first default route in the kernel's table, whose addresses are hexadecimal from the last byte on. */
export function gatewayIn(table: string): string | null {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = ''] = line.trim().split(/\s+/);
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') continue;
    return (gateway.match(/../g) ?? [])
      .map((byte) => Number.parseInt(byte, 16))
      .reverse()
      .join('.');
  }
  return null;
}
