import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';

/** Needs of the reflexes of the faces. */
export interface StatusReflexDeps {
  /** A few lines on how the daemon is. */
  statusText: () => Promise<string>;
}

/** Reflexes of the faces: how the daemon is. */
export const statusReflexes: readonly ReflexDeclaration<StatusReflexDeps>[] = [
  {
    name: 'status',
    command: { usage: '/status', does: 'how the daemon is: queue, tasks, spending' },
    create:
      ({ statusText }) =>
      async () => ({ reply: await statusText() }),
  },
];
