import { extract, type ExtractionLimits } from '../../src/graph/extract/extract.ts';
import type { EntityName } from '../../src/graph/extract/extraction.ts';
import { createGazetteer } from '../../src/graph/extract/gazetteer.ts';
import { sentencesOf } from '../../src/graph/extract/plain-text.ts';
import type { NamedEntity } from '../../src/lib/inference/inference.ts';
import { secretsByPattern, takeOut } from '../../src/lib/secrets/secret-patterns.ts';
import { serveThread } from '../threads/serve-thread.ts';

/** Questions to the reader's thread. */
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
      // A quotation as evidence must not hold a secret; a memory's text has none, a task's may.
      return sentencesOf(takeOut(task.text, secretsByPattern(task.text)));
    case 'extract':
      return extract(task.sentences, { gazetteer, limits: task.limits, named: task.named });
  }
}

serveThread(perform);
