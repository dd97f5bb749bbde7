import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOurHost } from '../../faces/dashboard/door/origin.ts';
import { packagePath } from '../../lib/package-root.ts';

/** They hold no data; what is shown comes through the socket. */
const pages: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/inspect.css': ['inspect.css', 'text/css; charset=utf-8'],
  '/inspect.js': ['inspect.js', 'text/javascript; charset=utf-8'],
};

/** No inline script, and one foreign page: Stately's, in a frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'frame-src https://stately.ai',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers with the page around Stately's inspector, and 404 to all else. */
export function answerPage({ method, headers, url = '' }: IncomingMessage, response: ServerResponse): void {
  const page = Object.hasOwn(pages, url) ? pages[url] : undefined;
  if (!isOurHost(headers.host, [])) response.writeHead(421).end();
  else if (method !== 'GET' || page === undefined) response.writeHead(404).end();
  else {
    const [file, type] = page;
    response.writeHead(200, {
      'content-type': type,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    response.end(readFileSync(packagePath('public', 'inspect', file)));
  }
}
