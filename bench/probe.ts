import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** The delay of the daemon's event loop since it was last reset, in milliseconds. */
export interface LoopDelay {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** The bench's side of probe.js. Instants are those of `clockMs`; each wait rejects after five minutes. */
export interface Probe {
  /** When the event of category `probe` with this payload met its rule. */
  routedAt: (payload: string) => Promise<number>;
  /** When everything before this journal position was on the disk. Ask before it can be. */
  syncedAt: (position: number) => Promise<number>;
  /** When so many more events were recorded. Ask before they can be. */
  recordedAt: (events: number) => Promise<number>;
  resetLoop: () => void;
  loop: () => Promise<LoopDelay>;
}

type Instant = { type: 'routed'; payload: string; at: number } | { type: 'synced' | 'recorded'; at: number };
type LoopHeard = { type: 'loop' } & LoopDelay;
type FromProbe = Instant | LoopHeard;

type ToProbe =
  | { type: 'await.synced'; position: number }
  | { type: 'await.recorded'; events: number }
  | { type: 'loop.reset' | 'loop.read' };

const withinMs = 300_000;

/** Talks to the probe inside this daemon. */
export function createProbe(child: ChildProcess): Probe {
  const waiting = new Map<string, (message: FromProbe) => void>();
  child.on('message', (message: FromProbe) => {
    waiting.get(message.type === 'routed' ? `routed ${message.payload}` : message.type)?.(message);
  });
  const tell = (message: ToProbe): void => void child.send(message);

  async function hear<Heard extends FromProbe>(key: string): Promise<Heard> {
    const heard = new AbortController();
    try {
      const said = new Promise<FromProbe>((resolve) => waiting.set(key, resolve));
      const late = delay(withinMs, undefined, { signal: heard.signal }).then(() => {
        throw new Error(`waited ${withinMs} ms in vain to hear from the daemon: ${key}`);
      });
      return (await Promise.race([said, late])) as Heard;
    } finally {
      heard.abort();
      waiting.delete(key);
    }
  }

  return {
    routedAt: async (payload) => (await hear<Instant>(`routed ${payload}`)).at,
    async syncedAt(position) {
      tell({ type: 'await.synced', position });
      return (await hear<Instant>('synced')).at;
    },
    async recordedAt(events) {
      tell({ type: 'await.recorded', events });
      return (await hear<Instant>('recorded')).at;
    },
    resetLoop: () => tell({ type: 'loop.reset' }),
    async loop() {
      tell({ type: 'loop.read' });
      return hear<LoopHeard>('loop');
    },
  };
}
