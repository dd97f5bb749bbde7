import { extract, type ExtractionLimits } from '../../src/lib/graph/extract.ts';
import type { EntityName } from '../../src/lib/graph/extraction.ts';
import { createGazetteer } from '../../src/lib/graph/gazetteer.ts';
import { sentencesOf } from '../../src/lib/graph/plain-text.ts';
import type { NamedEntity } from '../../src/lib/inference/inference.ts';
import { secretsByPattern, takeOut } from '../../src/lib/remember/secret-patterns.ts';
import { serveThread } from '../serve-thread.ts';

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
      // What is quoted as evidence must not hold a secret; a memory's text has none, a task's may.
      return sentencesOf(takeOut(task.text, secretsByPattern(task.text)));
    case 'extract':
      return extract(task.sentences, { gazetteer, limits: task.limits, named: task.named });
  }
}

serveThread(perform);
