import { afterEach, expect, it, vi } from 'vitest';
import { makeModels } from '../fixtures/models/make-models.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

vi.setConfig({ testTimeout: 300_000 });
leakGuard();
afterEach(() => endDaemons());

const patience = 120_000;
const env = { NINJAD_BUILT_IN: 'true' };
const notes = [
  'Ulla in the blue house keeps our spare key.',
  'The ferry to the island leaves at seven on Fridays.',
  'restic on nas-02 ran out of memory, a restart helped.',
  'Lentil soup is better the next day.',
  '合鍵は青い家のウラさんが持っています。',
];

const isEmbedded = (daemon: TestDaemon, model: string) => async (): Promise<boolean> => {
  const { memory } = await daemon.status();
  if (memory.model?.startsWith(`${model}@`) !== true) return false;
  // What waits to be prepared is in the total, and lacks no vector.
  return memory.encoders.find((one) => one.model === memory.model)?.embedded === notes.length;
};
const best = async (daemon: TestDaemon, question: string): Promise<string | undefined> => {
  const { stdout } = await daemon.ninjad('recall', '--json', question);
  const { memories, embedder } = JSON.parse(stdout) as {
    memories: { content: string }[];
    embedder: { degraded: string | null };
  };
  expect(embedder.degraded).toBeNull();
  return memories[0]?.content;
};

it('recalls by meaning at a first start without a network, and embeds all anew when the configured model comes', async () => {
  const daemon = await startDaemon({ env });
  for (const note of notes) daemon.write(`LOW|shell||note|${note}\n`);
  await until('all is embedded', isEmbedded(daemon, 'built-in/use-lite-en'), patience);
  expect(await best(daemon, 'Who can let me in if I lock myself out of my home?')).toBe(notes[0]);
  // It knows no Japanese: there the words decide, as without it.
  expect(await best(daemon, '合鍵は誰が持っていますか')).toBe(notes[4]);
  const { inference, memory } = await daemon.status();
  expect(inference).toMatchObject({
    state: 'ready',
    builtIn: { state: 'ready', dimensions: 512 },
    embedder: { state: 'degraded' },
  });
  expect(memory).toMatchObject({ degraded: null, encoders: [{ embedded: notes.length, missing: 0 }] });
  expect((await daemon.ninjad('status')).stdout).not.toMatch(/memory .*degraded/);
  await daemon.kill('SIGKILL');

  const modelsDir = tempDir();
  makeModels(modelsDir, { dimensions: 32 });
  const again = await startDaemon({ home: daemon.home, env: { ...env, NINJAD_MODELS_DIR: modelsDir } });
  await until('all is embedded anew', isEmbedded(again, 'Xenova/bge-small-en-v1.5'), patience);
  const models = (await again.status()).memory.encoders.map(({ model }) => model.replace(/@.*/, ''));
  expect(models).toEqual(['Xenova/bge-small-en-v1.5', 'built-in/use-lite-en']);
  expect((await again.kill('SIGTERM')).code).toBe(0);
});
