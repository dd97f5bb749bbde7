import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/lib/time.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { looker } from '../../helpers/look.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** A self-signed certificate that ends in so many days. */
function certificate(days: number): { key: string; cert: string } {
  const dir = tempDir();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...made, '-days', String(days), '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

async function tlsServer(first: { key: string; cert: string }) {
  let served = createSecureContext(first);
  const server = createTlsServer({ ...first, SNICallback: (_, done) => done(null, served) }, (socket) =>
    socket.end(),
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterTest(() => new Promise((resolve) => server.close(resolve)));
  return {
    port: (server.address() as AddressInfo).port,
    serve: (next: { key: string; cert: string }) => void (served = createSecureContext(next)),
  };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('tests of certificates are skipped: there is no openssl');

describe.skipIf(!hasOpenssl)('tls', () => {
  it('tells each threshold once, the lowest first where several are passed, and a renewal after some looks', async () => {
    const now = { at: Date.now() };
    const old = certificate(30);
    const server = await tlsServer(old);
    const tls = looker('tls', { host: 'localhost', port: server.port }, { now: () => new Date(now.at) });
    const levels = async (): Promise<string[]> =>
      (await tls.look()).map((line) => line.replace(/ (the cert|ends|in).*/, ''));
    const after = async (days: number): Promise<string[]> => {
      now.at += days * DAY;
      return [...(await levels()), ...(await levels())];
    };
    expect(await after(0)).toEqual([]);
    expect(await after(10)).toEqual(['warning']);
    expect(await after(5)).toEqual([]);
    expect(await after(9)).toEqual(['news']);
    expect(await after(5.5)).toEqual(['critical']);
    server.serve(certificate(400));
    expect([...(await after(0)), ...(await after(0))]).toEqual(['ok']);
    expect(await after(0)).toEqual([]);
  });

  it('does not go to and fro between two servers of one name', async () => {
    const server = await tlsServer(certificate(5));
    const [ends, stays] = [certificate(5), certificate(300)];
    const tls = looker('tls', { host: 'localhost', port: server.port });
    const told: string[] = [];
    for (let look = 0; look < 8; look += 1) {
      server.serve(look % 2 === 0 ? ends : stays);
      told.push(...(await tls.look()));
    }
    expect(told).toEqual([expect.stringMatching(/^warning the certificate of localhost:\d+ ends on /)]);
  });

  it('tells a chain that is not trusted where it is asked to', async () => {
    const server = await tlsServer(certificate(100));
    const tls = looker('tls', { host: 'localhost', port: server.port, verify: true });
    expect(await tls.look()).toEqual([expect.stringMatching(/^critical it is not trusted: .*self.signed/i)]);
  });

  it('is unknown where nobody answers, or somebody who does not speak TLS', async () => {
    const plain = createTcpServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('hello\n');
    });
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    closeAfterTest(() => new Promise((resolve) => plain.close(resolve)));
    const { port } = plain.address() as AddressInfo;
    const wrong = looker('tls', { host: '127.0.0.1', port });
    expect(await wrong.look()).toEqual([]);
    expect(wrong.unknown()).toContain('cannot be asked');
    const nobody = looker('tls', { host: '127.0.0.1', port: 1 });
    expect(await nobody.look()).toEqual([]);
    expect(nobody.unknown()).toContain('ECONNREFUSED');
  });
});

describe('http', () => {
  async function web(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closeAfterTest(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health?token=secret`;
  }

  it('tells an address that fails twice in a row, and that it is well again, without its secrets', async () => {
    let status = 200;
    const url = await web((_, response) => response.writeHead(status).end('all is well'));
    const http = looker('http', { url });
    const told = [];
    for (status of [200, 500, 200, 503, 503, 503, 200]) told.push(await http.look());
    expect(told.map((lines) => lines.length)).toEqual([0, 0, 0, 0, 1, 0, 1]);
    expect(told.flat()).toEqual([
      expect.stringMatching(/^critical http:\/\/127\.0\.0\.1:\d+\/health answers with status 503$/),
      expect.stringMatching(/^ok .* answers well/),
    ]);
    expect(told.flat().join()).not.toContain('secret');
  });

  it('looks for a status and words, and follows where it is led', async () => {
    const url = await web((request, response) => {
      if (request.url === '/other') response.end(`${'x'.repeat(200_000)} the words`);
      else response.writeHead(302, { location: '/other' }).end();
    });
    const once = { url, failures: 1 };
    expect(await looker('http', { ...once, contains: 'the words' }).look()).toEqual([]);
    expect(await looker('http', { ...once, contains: 'other words' }).look()).toEqual([
      expect.stringContaining('answers without the words that are expected'),
    ]);
    expect(await looker('http', { ...once, status: 204 }).look()).toEqual([
      expect.stringContaining('status 200'),
    ]);
  });

  it('tells one that is slow, that hangs, and that is not there', async () => {
    const slow = await web((_, response) => setTimeout(() => response.end('x'), 300));
    expect(await looker('http', { url: slow, slowMs: 50, failures: 1 }).look()).toEqual([
      expect.stringMatching(/^warning .* answers slowly/),
    ]);
    const hangs = await web(() => undefined);
    expect(await looker('http', { url: hangs, timeoutMs: 200, failures: 1 }).look()).toEqual([
      expect.stringContaining('does not answer within 200 ms'),
    ]);
    expect(await looker('http', { url: 'http://127.0.0.1:1/', failures: 1 }).look()).toEqual([
      expect.stringContaining('cannot be reached: '),
    ]);
  });

  it('does not read an answer that never ends', async () => {
    const url = await web((_, response) => {
      const pump = (): void => {
        if (response.destroyed) return;
        response.write('x'.repeat(65_536), () => setImmediate(pump));
      };
      pump();
    });
    expect(await looker('http', { url, failures: 1, timeoutMs: 5000 }).look()).toEqual([]);
    expect(await looker('http', { url, failures: 1, contains: 'never' }).look()).toEqual([
      expect.stringContaining('without the words'),
    ]);
  });
});
