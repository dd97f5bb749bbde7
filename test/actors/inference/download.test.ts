import { copyFileSync, createReadStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { waitFor } from 'xstate';
import { makeModels } from '../../fixtures/models/make-models.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { inferencePid, startInference, stopInference } from './inference-rig.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard();
const servers: Server[] = [];
afterEach(async () => {
  await stopInference();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const signal = AbortSignal.timeout(600_000);

/** A hub that has the tiny models, quantised under their hub names; `breaksOff` ends each file of weights half-way. */
async function startHub({ breaksOff = false } = {}) {
  const root = tempDir();
  const models = makeModels(root, { dimensions: 384 });
  const folder = join(root, models.embedder, 'onnx');
  copyFileSync(join(folder, 'model.onnx'), join(folder, 'model_quantized.onnx'));
  const server = createServer((request, response) => {
    const file = join(root, decodeURIComponent(request.url ?? '').replace('/resolve/main/', '/'));
    if (!existsSync(file)) return void response.writeHead(404).end();
    const { size } = statSync(file);
    if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': size }).end();
    if (request.headers.range === 'bytes=0-0')
      return void response
        .writeHead(206, { 'content-range': `bytes 0-0/${size}`, 'content-length': 1 })
        .end('x');
    response.writeHead(200, { 'content-length': size });
    if (!breaksOff || !file.endsWith('.onnx')) return void createReadStream(file).pipe(response);
    createReadStream(file, { end: Math.floor(size / 2) })
      .on('end', () => response.destroy())
      .pipe(response, { end: false });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    models: { embedder: models.embedder, reranker: null, ner: null },
  };
}

it('downloads a model once, tells how much of it is there, and needs no hub from then on', async () => {
  const { hub, models } = await startHub();
  const cacheDir = join(tempDir(), 'models');
  const leftover = join(cacheDir, models.embedder, 'onnx', 'model_quantized.onnx.tmp.123.abc');
  mkdirSync(join(leftover, '..'), { recursive: true });
  writeFileSync(leftover, 'a download that was cut off');
  // A busy machine may take longer to answer itself than the hub is given.
  const first = startInference({ models, hub, cacheDir, timings: { lookAgainMinMs: 200 } });
  await first.becomes('embedder', 'ready');
  const percents = first.changes.flatMap((change) => /"percent":(\d+)/.exec(change)?.[1] ?? []).map(Number);
  expect(percents.length).toBeGreaterThan(3);
  expect(percents).toEqual(percents.toSorted((left, right) => left - right));
  expect(existsSync(leftover)).toBe(false);
  const [vector] = await first.inference.embed(['car'], { kind: 'passage', signal });
  await stopInference();

  const second = startInference({ models, cacheDir });
  await second.becomes('embedder', 'ready');
  expect(await second.inference.embed(['car'], { kind: 'passage', signal })).toEqual([vector]);
});

it('takes a download that breaks off for an outage, keeps no half file and no process', async () => {
  const { hub, models } = await startHub({ breaksOff: true });
  const cacheDir = join(tempDir(), 'models');
  const { actor, inference } = startInference({ models, hub, cacheDir });
  await waitFor(actor, (snapshot) => snapshot.matches({ without: 'waiting' }), { timeout: 60_000 });
  expect(inference.embedder().state).toBe('degraded');
  expect(inferencePid()).toBeUndefined();
  expect(existsSync(join(cacheDir, models.embedder, 'onnx', 'model_quantized.onnx'))).toBe(false);
});
