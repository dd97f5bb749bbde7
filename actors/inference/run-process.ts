import { type CallbackActorLogic, fromCallback } from 'xstate';
import type { InferenceCommand, InferenceEvent } from '../../machines/inference-context.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { InferenceDesk } from '../../src/lib/inference/inference-desk.ts';
import type { ModelRole } from '../../src/lib/inference/work.ts';
import { modelRoles } from '../../src/lib/inference/work.ts';
import { type InferenceProcess, spawnInferenceProcess } from './inference-process.ts';
import type { FromInferenceChild } from './messages.ts';
import { createWear, type WearLimits } from './wear.ts';

export interface RunProcessDeps {
  desk: InferenceDesk;
  env: NodeJS.ProcessEnv;
  wear: WearLimits;
  /** Hears which model the process was loading when it ended, and how it ended. */
  onDiedLoading: (role: ModelRole, reason: string) => void;
}

/**
 * Owns the inference process, at most one at a time: hands it the batches that wait at the desk, reports there how the
 * models are, and tells the desk when it is gone. Killed when the actor is stopped without having been asked.
 */
export function runInferenceProcess(deps: RunProcessDeps): CallbackActorLogic<InferenceCommand> {
  const { desk } = deps;
  return fromCallback<InferenceCommand>(({ receive, sendBack }) => {
    const tell = (event: InferenceEvent): void => sendBack(event);
    const wear = createWear(deps.wear);
    let child: InferenceProcess | undefined;
    let loading: ModelRole[] = [];
    let isEnding = false;

    function launch(): InferenceProcess {
      const launched = spawnInferenceProcess(hear, deps.env);
      wear.begin();
      isEnding = false;
      void launched.exited.then((reason) => {
        child = undefined;
        giveUp(reason);
        tell({ type: 'process.exited', reason });
      });
      return launched;
    }

    function giveUp(reason: string): void {
      desk.abandon(reason, false);
      if (loading[0] !== undefined && !isEnding) deps.onDiedLoading(loading[0], reason);
      loading = [];
      for (const role of modelRoles) {
        const { state } = desk.states()[role];
        if (state !== 'ready' && state !== 'loading') continue;
        desk.setState(role, isEnding ? { state: 'loading', percent: null } : { state: 'degraded', reason });
      }
    }

    function hear(message: FromInferenceChild): void {
      switch (message.type) {
        case 'up':
          tell({ type: 'process.up' });
          break;
        case 'pong':
          tell({ type: 'process.pong', hasMore: desk.depth() > 0 });
          break;
        case 'progress':
          desk.setState(message.role, { state: 'loading', percent: message.percent });
          tell({ type: 'model.progress' });
          break;
        case 'loaded':
        case 'refused':
          settle(message);
          break;
        case 'computed':
          desk.answer(message.batchId, message.results);
          tell({ type: 'batch.settled', hasMore: desk.depth() > 0, isWorn: wear.isWorn(message.rssBytes) });
          break;
        case 'stumbled':
          desk.fail(message.batchId, message.reason);
          tell({ type: 'batch.settled', hasMore: desk.depth() > 0, isWorn: false });
      }
    }

    function settle(message: Extract<FromInferenceChild, { type: 'loaded' | 'refused' }>): void {
      const { role } = message;
      loading = loading.filter((other) => other !== role);
      wear.begin();
      if (message.type === 'refused') {
        const { reason, isTemporary } = message;
        desk.setState(role, { state: isTemporary ? 'degraded' : 'failed', reason });
      } else {
        const { model, dimensions = 0 } = message;
        if (role === 'embedder') desk.setState(role, { state: 'ready', model, dimensions });
        else desk.setState(role, { state: 'ready', model });
      }
      tell({ type: 'model.settled', isReady: message.type === 'loaded' });
    }

    function work(running: InferenceProcess): void {
      const batch = desk.take();
      if (batch === undefined) tell({ type: 'batch.settled', hasMore: false, isWorn: false });
      else running.send({ type: 'compute', batch });
    }

    receive((command) => {
      if (command.type === 'process.launch') {
        try {
          child ??= launch();
        } catch (thrown) {
          tell({
            type: 'process.exited',
            reason: `the inference process cannot be started: ${messageOf(thrown)}`,
          });
        }
        return;
      }
      if (child === undefined) {
        tell({ type: 'process.exited', reason: 'the inference process is not running' });
        return;
      }
      switch (command.type) {
        case 'process.load':
          loading = command.plans.map(({ role }) => role);
          for (const plan of command.plans) child.send({ type: 'load', plan });
          break;
        case 'process.work':
          work(child);
          break;
        case 'process.ping':
          child.send({ type: 'ping' });
          break;
        case 'process.terminate':
          isEnding = true;
          child.terminate();
          break;
        case 'process.kill':
          // Told at once: a process that the kernel holds may take its time to be gone.
          desk.abandon(command.reason, true);
          giveUp(command.reason);
          child.kill();
      }
    });
    const stopListening = desk.onWork(() => tell({ type: 'work.waiting' }));
    return () => {
      stopListening();
      child?.kill();
    };
  });
}
