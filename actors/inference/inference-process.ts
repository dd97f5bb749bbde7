import { spawn } from 'node:child_process';
import { howItEnded, stderrTail } from '../../src/lib/process/child-end.ts';
import { childEntry } from '../../src/lib/process/child-entry.ts';
import type { FromInferenceChild, ToInferenceChild } from './messages.ts';
import { ownValue } from '../../src/lib/own-value.ts';

/** The models' process while it runs. */
export interface InferenceProcess {
  readonly pid: number;
  send(message: ToInferenceChild): void;
  /** Resolves to a sentence about how it ended, once it is gone. Never rejects. */
  readonly exited: Promise<string>;
  /** Asks it to end: it does once it has nothing to compute. */
  terminate(): void;
  kill(): void;
}

/** The environment that it needs: none of the daemon's secrets, but the hub's token for models that want one. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'HF_TOKEN'];

/** Starts the inference process. It ends by itself when this process does. */
export function spawnInferenceProcess(
  onMessage: (message: FromInferenceChild) => void,
  env: NodeJS.ProcessEnv,
): InferenceProcess {
  const { command, args } = childEntry(import.meta.url, './child.ts');
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Typed arrays travel as they are.
    serialization: 'advanced',
    env: Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = ownValue(env, name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  });
  child.on('message', onMessage);
  // One that is gone is reported by `exited`.
  const send = (message: ToInferenceChild): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  return {
    pid: child.pid ?? -1,
    send,
    exited: howItEnded(child, 'the inference process', stderrTail(child)),
    // Node never reports the end of a child that it has been disconnected from.
    terminate: () => send({ type: 'end' }),
    kill: () => child.kill('SIGKILL'),
  };
}
