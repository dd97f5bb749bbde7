import { readFileSync } from 'node:fs';
import { wordsToKeep } from '../../src/memory/keep/said.ts';
import { turnOf } from '../../src/memory/keep/turn.ts';
import { packagePath } from '../../src/lib/package-root.ts';

/** A message of the labelled conversation: what was answered, and what of it is worth remembering. */
export interface LabelledTurn {
  day: number;
  text: string;
  reply: string;
  /** The agent's kind where it is not a model. */
  agent?: string;
  /** The owner's words are kept as said. */
  said: boolean;
  /** The turn becomes a memory. */
  turn: boolean;
}

export interface Judgement {
  of: 'said' | 'turn';
  precision: number;
  recall: number;
  wrong: { text: string; reply: string; kept: boolean }[];
}

/** Days on which the rules were shaped; the others were written before them and never looked at. */
export const shapingDays = 3;

export function labelledTurns(): LabelledTurn[] {
  return readFileSync(packagePath('bench', 'remember', 'days.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LabelledTurn);
}

/** How well what is kept agrees with the labels. */
export function judgeTurns(turns: readonly LabelledTurn[]): Judgement[] {
  return (['said', 'turn'] as const).map((of) => {
    const judged = turns.map((turn) => ({ ...turn, wanted: turn[of], kept: isKept(turn, of) }));
    const right = judged.filter(({ wanted, kept }) => wanted && kept).length;
    return {
      of,
      precision: right / Math.max(1, judged.filter(({ kept }) => kept).length),
      recall: right / Math.max(1, judged.filter(({ wanted }) => wanted).length),
      wrong: judged
        .filter(({ wanted, kept }) => wanted !== kept)
        .map(({ text, reply, kept }) => ({ text, reply, kept })),
    };
  });
}

function isKept({ text, reply, agent }: LabelledTurn, of: 'said' | 'turn'): boolean {
  if (of === 'said') return wordsToKeep(text).length > 0;
  return (
    turnOf({ state: 'done', outcome: null, agent: agent ?? 'claude', asked: [text], reply }) !== undefined
  );
}
