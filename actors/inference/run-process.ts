import { type CallbackActorLogic, fromCallback } from 'xstate';
import type { InferenceProcessCommand, InferenceProcessFact } from '../../machines/inference/protocol.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { ModelQueue } from '../../src/lib/inference/model-queue.ts';
import { type ModelRole, modelRoles } from '../../src/lib/inference/work.ts';
import { type InferenceProcess, spawnInferenceProcess } from './inference-process.ts';
import type { FromInferenceChild } from './messages.ts';
import { createProcessAge, type AgeLimits } from './process-age.ts';

export interface RunProcessDeps {
  queue: ModelQueue;
  env: NodeJS.ProcessEnv;
  ageLimits: AgeLimits;
  /** Hears which model the process was loading when it ended, and how it ended. */
  onDiedLoading: (role: ModelRole, reason: string) => void;
}

/**
 * Owns the inference process, at most one at a time: hands it the batches that wait in the queue, reports the states of
 * the models there, and tells the queue when it is gone. The process is killed when the actor is stopped unasked.
 */
export function runInferenceProcess(deps: RunProcessDeps): CallbackActorLogic<InferenceProcessCommand> {
  const { queue } = deps;
  return fromCallback<InferenceProcessCommand>(({ receive, sendBack }) => {
    const tell = (fact: InferenceProcessFact): void => sendBack(fact);
    const age = createProcessAge(deps.ageLimits);
    let child: InferenceProcess | undefined;
    let loading: ModelRole[] = [];
    let isEnding = false;

    function launch(): InferenceProcess {
      const launched = spawnInferenceProcess(hear, deps.env);
      age.begin();
      isEnding = false;
      void launched.exited.then((reason) => {
        child = undefined;
        giveUp(reason);
        tell({ type: 'process.exited', reason });
      });
      return launched;
    }

    function giveUp(reason: string): void {
      queue.abandon(reason, false);
      if (loading[0] !== undefined && !isEnding) deps.onDiedLoading(loading[0], reason);
      loading = [];
      for (const role of modelRoles) {
        const { state } = queue.states()[role];
        if (state !== 'ready' && state !== 'loading') continue;
        queue.setState(role, isEnding ? { state: 'loading', percent: null } : { state: 'degraded', reason });
      }
    }

    function hear(message: FromInferenceChild): void {
      switch (message.type) {
        case 'up':
          tell({ type: 'process.up' });
          break;
        case 'pong':
          tell({ type: 'process.pong', hasMore: queue.depth() > 0 });
          break;
        case 'progress':
          queue.setState(message.role, { state: 'loading', percent: message.percent });
          tell({ type: 'model.progress' });
          break;
        case 'loaded':
        case 'refused':
          settle(message);
          break;
        case 'computed':
          queue.answer(message.batchId, message.results);
          tell({ type: 'batch.settled', hasMore: queue.depth() > 0, isWorn: age.isWorn(message.rssBytes) });
          break;
        case 'stumbled':
          queue.fail(message.batchId, message.reason);
          tell({ type: 'batch.settled', hasMore: queue.depth() > 0, isWorn: false });
      }
    }

    function settle(message: Extract<FromInferenceChild, { type: 'loaded' | 'refused' }>): void {
      const { role } = message;
      loading = loading.filter((other) => other !== role);
      age.begin();
      if (message.type === 'refused') {
        const { reason, isTemporary } = message;
        queue.setState(role, { state: isTemporary ? 'degraded' : 'failed', reason });
      } else {
        const { model, dimensions = 0 } = message;
        if (role === 'embedder' || role === 'builtIn')
          queue.setState(role, { state: 'ready', model, dimensions });
        else queue.setState(role, { state: 'ready', model });
      }
      tell({ type: 'model.settled', isReady: message.type === 'loaded' });
    }

    function work(running: InferenceProcess): void {
      const batch = queue.take();
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
          queue.abandon(command.reason, true);
          giveUp(command.reason);
          child.kill();
      }
    });
    const stopListening = queue.onWork(() => tell({ type: 'work.waiting' }));
    return () => {
      stopListening();
      child?.kill();
    };
  });
}
