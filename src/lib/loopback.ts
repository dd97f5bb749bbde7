import { isIP } from 'node:net';

/** True for an IP address of the loopback, of either family. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
