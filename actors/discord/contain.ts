/** The parts of discord.js's shard that run by themselves, so that nobody awaits what they throw. */
const looseMethods = ['onMessage', 'onClose', 'onError', 'internalConnect', 'heartbeat', 'destroy'] as const;
type LooseMethod = (typeof looseMethods)[number];

/** Past one of these the connection may be at an end; past the others one message was lost. */
const vital: ReadonlySet<LooseMethod> = new Set(['onClose', 'internalConnect', 'destroy']);

type Loose = Partial<Record<LooseMethod, (...args: unknown[]) => unknown>>;

/**
 * Lets nothing that a shard throws leave it: a packet of garbage would be an unhandled rejection, which ends the daemon.
 * `onFault` hears of each; `isVital` where the shard may not go on by itself.
 */
export function containShard(shard: object, onFault: (thrown: unknown, isVital: boolean) => void): void {
  const loose = shard as Loose;
  for (const name of looseMethods) {
    const method = loose[name]?.bind(shard);
    if (method === undefined) continue;
    const onThrown = (thrown: unknown): void => onFault(thrown, vital.has(name));
    loose[name] = (...args) => contained(() => method(...args), onThrown);
  }
}

/** Calls the function; what it throws or rejects with goes to `onThrown` only. */
export function contained(call: () => unknown, onThrown: (thrown: unknown) => void): unknown {
  try {
    const result = call();
    return result instanceof Promise ? result.catch(onThrown) : result;
  } catch (thrown) {
    onThrown(thrown);
    return undefined;
  }
}
