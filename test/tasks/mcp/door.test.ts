import { describe, expect, it } from 'vitest';
import { createMcpDoor, isFromHere } from '../../../src/tasks/mcp/door.ts';

function doorAt(url: string) {
  const door = createMcpDoor();
  door.opened(url);
  return door;
}

describe('the way to the MCP server of the daemon', () => {
  it('is the dashboard’s port, while that is open on the loopback', () => {
    const door = createMcpDoor();
    expect(door.urlFor({})).toBeUndefined();
    door.opened('http://127.0.0.1:4000');
    expect(door.urlFor({})).toBe('http://127.0.0.1:4000/mcp');
    door.opened('http://[::1]:4000');
    expect(door.urlFor({})).toBe('http://[::1]:4000/mcp');
    door.opened('http://192.168.1.4:4000');
    expect(door.urlFor({})).toBeUndefined();
    door.opened('http://127.0.0.1:4000');
    door.closed();
    expect(door.urlFor({})).toBeUndefined();
  });

  it('is none for an agent that would ask a proxy for it', () => {
    const door = doorAt('http://127.0.0.1:4000');
    const urlFor = (environment: Record<string, string>) => door.urlFor(environment);
    const url = 'http://127.0.0.1:4000/mcp';
    expect(urlFor({ HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined();
    expect(urlFor({ all_proxy: 'socks5://proxy', NO_PROXY: 'example.org' })).toBeUndefined();
    expect(urlFor({ http_proxy: 'http://proxy', no_proxy: 'localhost, 127.0.0.1' })).toBe(url);
    expect(urlFor({ http_proxy: 'http://proxy', no_proxy: '127.0.0.1', NO_PROXY: 'other' })).toBeUndefined();
    expect(urlFor({ HTTP_PROXY: '' })).toBe(url);
  });

  it('is not offered again once an agent has not found it', () => {
    const door = doorAt('http://127.0.0.1:4000');
    expect(door.avoid()).toBe(true);
    expect(door.urlFor({})).toBeUndefined();
    expect(door.avoid()).toBe(false);
  });

  it('knows the addresses of this machine', () => {
    for (const own of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
      expect(isFromHere(own)).toBe(true);
    for (const other of ['', '10.0.0.1', '127.example.org', '::ffff:10.0.0.1', '2001:db8::1'])
      expect(isFromHere(other)).toBe(false);
  });
});
