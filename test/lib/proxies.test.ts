import { describe, expect, it } from 'vitest';
import { isSpared, namesProxy, proxyIn } from '../../src/lib/proxies.ts';

describe('the proxies of an environment', () => {
  it('are read in capitals and in small letters, and an empty one is none', () => {
    expect(proxyIn({ HTTPS_PROXY: 'http://a', https_proxy: 'http://b' }, 'https')).toBe('http://a');
    expect(proxyIn({ HTTPS_PROXY: '', https_proxy: 'http://b' }, 'https')).toBe('http://b');
    expect(proxyIn({ HTTP_PROXY: 'http://a' }, 'https')).toBeUndefined();
    expect(namesProxy({ all_proxy: 'socks5://a' })).toBe(true);
    expect(namesProxy({ HTTP_PROXY: '', NO_PROXY: 'x' })).toBe(false);
  });

  it.each([
    ['*', true],
    ['api.example.org', true],
    ['API.Example.ORG', true],
    ['api.example.org:443', true],
    ['api.example.org:8443', false],
    ['example.org', true],
    ['.example.org', true],
    ['*.example.org', true],
    ['ample.org', false],
    ['other.org, api.example.org', true],
    ['other.org api.example.org', true],
    ['other.org', false],
    ['', false],
    [',', false],
    ['.', false],
  ])('spare api.example.org:443 by NO_PROXY=%j: %s', (list, expected) => {
    expect(isSpared({ NO_PROXY: list }, { host: 'api.example.org', port: 443 })).toBe(expected);
  });

  it('spare an address by itself, with or without its brackets', () => {
    for (const list of ['::1', '[::1]', '[::1]:80', '127.0.0.1,::1'])
      expect(isSpared({ no_proxy: list }, { host: '[::1]', port: 80 })).toBe(true);
    expect(isSpared({ no_proxy: '0.0.1' }, { host: '127.0.0.1', port: 80 })).toBe(false);
  });

  it('spare what both spellings name, where both are set', () => {
    const to = { host: 'a.org', port: 80 };
    expect(isSpared({ NO_PROXY: 'a.org', no_proxy: 'b.org' }, to)).toBe(false);
    expect(isSpared({ NO_PROXY: 'b.org a.org', no_proxy: 'a.org' }, to)).toBe(true);
    expect(isSpared({}, to)).toBe(false);
  });
});
