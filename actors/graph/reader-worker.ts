import { type MessagePort, parentPort } from 'node:worker_threads';
import { extract, type ExtractionLimits } from '../../src/lib/graph/extract.ts';
import type { EntityName } from '../../src/lib/graph/extraction.ts';
import { createGazetteer } from '../../src/lib/graph/gazetteer.ts';
import { sentencesOf } from '../../src/lib/graph/plain-text.ts';
import type { NamedEntity } from '../../src/lib/inference/inference.ts';

/** What the reader's thread is asked. */
export type ReaderTask =
  | { type: 'names'; names: readonly EntityName[] }
  | { type: 'sentences'; text: string }
  | {
      type: 'extract';
      sentences: readonly string[];
      limits: ExtractionLimits;
      named: readonly (readonly NamedEntity[])[];
    };

let gazetteer = createGazetteer([]);

function perform(task: ReaderTask): unknown {
  switch (task.type) {
    case 'names':
      gazetteer = createGazetteer(task.names);
      return undefined;
    case 'sentences':
      return sentencesOf(task.text);
    case 'extract':
      return extract(task.sentences, { gazetteer, limits: task.limits, named: task.named });
  }
}

const port = parentPort as MessagePort;
port.on('message', ({ id, task }: { id: number; task: ReaderTask }) => {
  try {
    port.postMessage({ id, result: perform(task) });
  } catch (thrown) {
    port.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
});
