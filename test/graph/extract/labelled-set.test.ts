import { describe, expect, it } from 'vitest';
import { entityName } from '../../../src/graph/extract/canonical.ts';
import type { EntityKind } from '../../../src/graph/extract/extraction.ts';
import {
  developmentSet,
  heldOutSet,
  type LabelledSentence,
} from '../../fixtures/graph/labelled-sentences.ts';
import { extractFrom } from '../../helpers/graph-fixtures.ts';

interface Score {
  found: number;
  right: number;
  wanted: number;
  mistakes: string[];
}

function scoreOf(sentences: readonly LabelledSentence[]): Score {
  const score: Score = { found: 0, right: 0, wanted: 0, mistakes: [] };
  for (const { text, names } of sentences) {
    const wanted = new Set(names.map(idOfLabel));
    const found = new Set(extractFrom(text).entities.map(({ kind, key }) => `${kind}: ${key}`));
    const missed = [...wanted].filter((id) => !found.has(id));
    const invented = [...found].filter((id) => !wanted.has(id));
    score.wanted += wanted.size;
    score.found += found.size;
    score.right += wanted.size - missed.length;
    if (missed.length + invented.length > 0)
      score.mistakes.push(`${text}\n    missed [${missed.join(', ')}] invented [${invented.join(', ')}]`);
  }
  return score;
}

function idOfLabel(label: string): string {
  const [kind = '', name = ''] = label.split(/: (.*)/s);
  return `${kind}: ${entityName(kind as EntityKind, name)?.key ?? ''}`;
}

function report(
  title: string,
  { found, right, wanted, mistakes }: Score,
): { precision: number; recall: number } {
  const precision = right / found;
  const recall = right / wanted;
  const figures = `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${right} right, ${found} found, ${wanted} wanted)`;
  console.log([`${title}: ${figures}`, ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
  return { precision, recall };
}

describe('names drawn from an owner’s texts', () => {
  it('are the right ones in what the rules were made with', () => {
    const { precision, recall } = report('development set', scoreOf(developmentSet));
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  it('are mostly the right ones in what the rules never saw', () => {
    expect(heldOutSet.length).toBeGreaterThanOrEqual(40);
    const { precision, recall } = report('held-out set', scoreOf(heldOutSet));
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeGreaterThanOrEqual(0.88);
  });
});
