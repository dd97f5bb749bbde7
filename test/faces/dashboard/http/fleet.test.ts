import express from 'express';
import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type FleetDoor, fleetRoutes } from '../../../../src/faces/dashboard/http/fleet.ts';
import type { Report } from '../../../../src/fleet/report.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function open(door: Partial<FleetDoor> = {}) {
  const taken: [string, Report][] = [];
  const app = express().use(
    fleetRoutes(
      {
        push: (name, token, report) => {
          if (token !== `token-of-${name}`) return Promise.resolve('refused');
          taken.push([name, report]);
          return Promise.resolve('taken');
        },
        statusPage: () => Promise.resolve(undefined),
        ...door,
      },
      (_, response, message) => void response.status(401).json({ error: { message } }),
    ),
  );
  const server = await new Promise<Server>((resolve) => {
    const made = app.listen(0, '127.0.0.1', () => resolve(made));
  });
  servers.push(server);
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const post = async (name: string, token: string | undefined, body: string) =>
    (
      await fetch(`${url}/fleet/push/${name}`, {
        method: 'POST',
        body,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
    ).status;
  return { url, post, taken };
}

describe('a report that is posted', () => {
  it('is taken with the token of its host, as JSON or as the script prints it, and with no other', async () => {
    const { post, taken } = await open();
    expect(await post('laptop', 'token-of-laptop', '{"load1": 1}')).toBe(200);
    expect(
      await post('laptop', 'token-of-laptop', 'ninjad-report 1\nload 2 2 2\nninjad-report-end 1\n'),
    ).toBe(200);
    expect(taken.map(([name, { load1 }]) => [name, load1])).toEqual([
      ['laptop', 1],
      ['laptop', 2],
    ]);
    expect(await post('nas', 'token-of-laptop', '{"load1": 1}')).toBe(401);
    expect(await post('nas', undefined, '{"load1": 1}')).toBe(401);
    expect(await post('-o', 'token-of--o', '{"load1": 1}')).toBe(401);
  });

  it('is refused where it is none, or is far too long', async () => {
    const { post, taken } = await open();
    expect(await post('laptop', 'token-of-laptop', '{"load1": NaN}')).toBe(400);
    expect(await post('laptop', 'token-of-laptop', '')).toBe(400);
    expect(await post('laptop', 'token-of-laptop', 'x'.repeat(2_000_000))).toBe(413);
    expect(taken).toEqual([]);
  });
});

describe('the page for others', () => {
  it('is not there unless the owner wants it', async () => {
    const shut = await open();
    expect((await fetch(`${shut.url}/status`)).status).toBe(404);
    const shown = await open({ statusPage: () => Promise.resolve('<p>all is well</p>') });
    const answer = await fetch(`${shown.url}/status`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<p>all is well</p>',
    ]);
  });
});
