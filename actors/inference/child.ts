import { setPriority } from 'node:os';
import { messageOf } from '../../src/lib/errors.ts';
import { openNoDebugger } from '../../src/lib/process/no-debugger.ts';
import { onParentGone } from '../../src/lib/process/parent-gone.ts';
import { type ModelRole, roleOf, type Batch } from '../../src/lib/inference/work.ts';
import type { ModelPlan } from '../../src/lib/inference/survey-models.ts';
import { type LoadedModel, loadModel, mayHeal } from './load-model.ts';
import type { FromInferenceChild, ToInferenceChild } from './messages.ts';

/*
 * Entry of the inference process: loads models one after the other, computes one batch at a time, and ends with the
 * daemon, whose death it hears as the end of their channel. A computation blocks this whole process, which is
 * why it is one of its own.
 */

/** Computing uses all cores; the daemon's loop goes before it. */
const niceness = 5;

// What it downloads lies in the home, and all of that is private.
process.umask(0o077);

const models = new Map<ModelRole, LoadedModel>();
let loading = Promise.resolve();

openNoDebugger();
onParentGone(() => process.exit(0));
// A terminal's signals reach the whole foreground group, a service manager's SIGTERM all processes of the service: the daemon
// decides when its models stop.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('message', (message: ToInferenceChild) => {
  switch (message.type) {
    case 'load':
      loading = loading.then(() => load(message.plan));
      break;
    case 'compute':
      void compute(message.batch);
      break;
    case 'ping':
      tell({ type: 'pong' });
      break;
    case 'end':
      process.exit(0);
  }
});
lowerPriority();
tell({ type: 'up' });

async function load(plan: ModelPlan): Promise<void> {
  const { role } = plan;
  try {
    const model = await loadModel(plan, (percent) => tell({ type: 'progress', role, percent }));
    models.set(role, model);
    tell({ type: 'loaded', role, model: model.model, dimensions: model.dimensions });
  } catch (thrown) {
    tell({ type: 'refused', role, reason: messageOf(thrown), isTemporary: mayHeal(plan, thrown) });
  }
}

async function compute({ id, work, items }: Batch): Promise<void> {
  try {
    const model = models.get(roleOf(work));
    if (model === undefined) throw new Error(`the ${roleOf(work)} is not loaded`);
    const results = await model.compute(work, items);
    tell({ type: 'computed', batchId: id, results, rssBytes: process.memoryUsage.rss() });
  } catch (thrown) {
    tell({ type: 'stumbled', batchId: id, reason: messageOf(thrown) });
  }
}

function lowerPriority(): void {
  try {
    setPriority(niceness);
  } catch {
    // Not allowed: it computes at the daemon's own priority.
  }
}

function tell(message: FromInferenceChild): void {
  if (process.connected) process.send?.(message);
}
