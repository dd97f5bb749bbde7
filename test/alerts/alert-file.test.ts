import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clearAlert, raiseAlert, readAlerts } from '../../src/alerts/alert-file.ts';
import { push } from '../../src/alerts/push.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const since = Date.parse('2026-11-28T12:00:00Z');

describe('the alert file', () => {
  it('holds one alert of a name, until it is cleared', () => {
    const path = join(tempDir(), 'alert');
    raiseAlert(path, { name: 'discord', since, text: 'it is\naway' });
    raiseAlert(path, { name: 'mail', since, text: 'refused' });
    raiseAlert(path, { name: 'discord', since: since + 1_000, text: 'it is parked' });
    expect(readAlerts(path)).toEqual([
      { name: 'mail', since, text: 'refused' },
      { name: 'discord', since: since + 1_000, text: 'it is parked' },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    clearAlert(path, 'discord');
    clearAlert(path, 'nothing');
    expect(readAlerts(path)).toEqual([{ name: 'mail', since, text: 'refused' }]);
    clearAlert(path, 'mail');
    expect(existsSync(path)).toBe(false);
  });

  it('may be missing or hold anything', () => {
    const path = join(tempDir(), 'alert');
    expect(readAlerts(path)).toEqual([]);
    writeFileSync(path, 'garbage\n2026-11-28T12:00:00Z discord: away\nnever x: y\n');
    expect(readAlerts(path)).toEqual([{ name: 'discord', since, text: 'away' }]);
  });
});

describe('a push', () => {
  it('is a plain POST, as ntfy takes it', async () => {
    const heard: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        heard.push([request.method, request.url, request.headers['title'], body]);
        response.writeHead(request.url === '/full' ? 507 : 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await push(`${url}/topic`, { title: 'ninjad: discord', text: 'it is away' })).toBeUndefined();
      expect(heard).toEqual([['POST', '/topic', 'ninjad: discord', 'it is away']]);
      expect(await push(`${url}/full`, { title: 't', text: 'x' })).toMatch(/answered 507/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const problem = await push(`${url}/secret-topic`, { title: 't', text: 'x' });
    expect(problem).toMatch(/could not be reached/);
    expect(problem).not.toContain('secret-topic');
  });
});
