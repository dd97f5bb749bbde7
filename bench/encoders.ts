import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { homePaths } from '../src/lib/config/paths.ts';
import { clockMs } from './clock.ts';
import { type BenchDaemon, startDaemon } from './daemon.ts';
import { clockAgent } from './measures/exec.ts';

/** An encoder that a daemon may have, or none. */
export interface Encoder {
  id: 'none' | 'builtIn' | 'miniLm';
  embedder: string | null;
  env: Record<string, string>;
}

const modelsDir = process.env['NINJAD_MODELS_DIR'];

/** No encoder, the built-in one, and all-MiniLM-L6-v2 where its weights are. */
export const encoders: readonly Encoder[] = [
  { id: 'none', embedder: null, env: { NINJAD_BUILT_IN: 'false' } },
  { id: 'builtIn', embedder: null, env: {} },
  ...(modelsDir === undefined
    ? []
    : [
        {
          id: 'miniLm' as const,
          embedder: 'Xenova/all-MiniLM-L6-v2',
          env: { NINJAD_BUILT_IN: 'false', NINJAD_MODELS_DIR: modelsDir },
        },
      ]),
];

/** Why one of them is left out; empty where none is. */
export const withoutMiniLm: { skipped?: string } =
  modelsDir === undefined ? { skipped: 'NINJAD_MODELS_DIR names no folder with all-MiniLM-L6-v2' } : {};

const pollMs = 100;

/** A daemon on a home of its own whose encoder is ready; it has no other model. */
export async function startWithEncoder(home: string, { id, embedder, env }: Encoder): Promise<BenchDaemon> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(
    homePaths(home).configFile,
    JSON.stringify({ 'inference.embedder': embedder, 'inference.reranker': null, 'inference.ner': null }),
  );
  const daemon = await startDaemon(home, { NINJAD_AGENT: clockAgent, ...env });
  if (id === 'none') return daemon;
  const role = embedder === null ? 'builtIn' : 'embedder';
  await untilHolds('its encoder is ready', async () => {
    return (await daemon.client.ask('status.get', {})).inference[role].state === 'ready';
  });
  return daemon;
}

/** Waits until something holds, which is looked at each `everyMs`; rejects where it does not within `withinMs`. */
export async function untilHolds(
  what: string,
  holds: () => Promise<boolean>,
  { withinMs = 900_000, everyMs = pollMs } = {},
): Promise<void> {
  const giveUpAt = clockMs() + withinMs;
  while (!(await holds())) {
    if (clockMs() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(everyMs);
  }
}
