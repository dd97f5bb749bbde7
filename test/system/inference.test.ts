import { existsSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { inferencePid } from '../actors/inference/inference-rig.ts';
import { makeModels } from '../fixtures/models/make-models.ts';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard();
afterEach(() => endDaemons());

it('computes in a process of its own, which comes back when it is killed and goes when the daemon is', async () => {
  const modelsDir = tempDir();
  const models = makeModels(modelsDir, { dimensions: 32 });
  const daemon = await startDaemon({ env: { NINJAD_MODELS_DIR: modelsDir } });
  const isReady = async () => (await daemon.status()).inference.state === 'ready';
  await until('the models are ready', isReady, 60_000);
  expect((await daemon.status()).inference).toEqual({
    state: 'ready',
    builtIn: { state: 'off' },
    embedder: {
      state: 'ready',
      model: expect.stringContaining(`${models.embedder}@`) as string,
      dimensions: 32,
    },
    reranker: { state: 'ready', model: models.reranker },
    ner: { state: 'ready', model: models.ner },
  });
  expect((await daemon.ninjad('status', '--tree')).stdout).toMatch(
    /models +ready, Xenova\/bge-small-en-v1\.5@[0-9a-f]{12}, /,
  );

  const pid = (): number | undefined => inferencePid(daemon.child.pid);
  const first = pid() ?? 0;
  expect(first).toBeGreaterThan(0);
  process.kill(first, 'SIGKILL');
  await until(
    'another process serves',
    async () => ![first, undefined].includes(pid()) && (await isReady()),
    60_000,
  );
  expect((await daemon.status()).ready).toBe(true);
  expect(daemon.log()).toContain('the inference process was killed by SIGKILL');

  const second = pid() ?? 0;
  await daemon.kill('SIGKILL');
  await until('the process has ended by itself', () => !existsSync(`/proc/${second}`));
});

it('remembers although the models hang, ends their process, and has their vector of it once they are back', async () => {
  const modelsDir = tempDir();
  makeModels(modelsDir, { dimensions: 32 });
  const daemon = await startDaemon({
    env: { NINJAD_MODELS_DIR: modelsDir },
    config: { 'inference.deadlineMs': 3_000 },
  });
  await until('the models are ready', async () => (await daemon.status()).inference.state === 'ready');
  const hung = inferencePid(daemon.child.pid) ?? 0;
  expect(hung).toBeGreaterThan(0);
  process.kill(hung, 'SIGSTOP');
  expect((await daemon.ninjad('remember', 'the spare key is with Amara')).code).toBe(0);
  await until('the hung process has gone', () => !existsSync(`/proc/${hung}`));
  await until('the memory has a vector of the model', async () => {
    const { memory, inference } = await daemon.status();
    return inference.state === 'ready' && memory.prepared === 1 && memory.missing === 0;
  });
  expect(daemon.log()).toContain('the models did not answer for 3 s');
  expect((await daemon.ninjad('recall', 'where is the spare key')).stdout).toContain('Amara');
  expect(await daemon.value('SELECT count(*)::int FROM memory_embeddings')).toBe(1);
  const { code } = await daemon.kill('SIGTERM');
  expect(code).toBe(0);
});

it('says why the models are not to be had, runs no process for them, and is ready all the same', async () => {
  const daemon = await startDaemon();
  await until('it has looked', async () => (await daemon.status()).inference.state === 'degraded');
  const { inference } = await daemon.status();
  expect(inference.reranker).toEqual({
    state: 'degraded',
    reason: 'Xenova/bge-reranker-base is not on this machine, and downloads are switched off',
  });
  expect(inferencePid(daemon.child.pid)).toBeUndefined();
  const { code } = await daemon.kill('SIGTERM');
  expect(code).toBe(0);
});
