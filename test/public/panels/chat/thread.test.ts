import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extended,
  isOver,
  lastEnd,
  stillPending,
  withPiece,
  withTurns,
} from '../../../../public/js/panels/chat/thread.js';
import type { Answers } from '../../../../src/operations.ts';

type ChatTurn = Answers['chat.turns']['items'][number];

const turn = (changes: Partial<ChatTurn> = {}): ChatTurn => ({
  eventId: 1,
  conversation: 'main',
  source: 'dashboard',
  dedupKey: null,
  at: '2026-01-01T00:00:00.000Z',
  text: 'hello?',
  files: [],
  state: 'running',
  reply: '',
  live: { stream: 'a' },
  taskId: 1,
  reason: null,
  progress: null,
  endedAt: null,
  memories: 0,
  calls: 0,
  costUsd: 0,
  costIsEstimated: false,
  agent: null,
  instead: null,
  hears: null,
  steeredInto: null,
  ...changes,
});
const piece = (offset: number, text: string, stream = 'a') => ({ eventId: 1, stream, offset, text });

describe('a thread', () => {
  it('keeps turns in the order of their events and replaces what it knows', () => {
    const turns = withTurns(
      [turn({ eventId: 2 })],
      [turn({ eventId: 1 }), turn({ eventId: 2, state: 'done', live: null })],
    );
    expect(turns.map(({ eventId, state }) => [eventId, state])).toEqual([[1, 'running'], [2, 'done']]); // prettier-ignore
  });

  it('does not let a turn that was overtaken by a piece shorten the reply', () => {
    const { turns } = withPiece([turn({ reply: 'abc' })], piece(3, 'def'));
    expect(withTurns(turns, [turn({ reply: 'abc', progress: 'using Bash' })])[0]).toMatchObject({
      reply: 'abcdef',
      progress: 'using Bash',
    });
    expect(withTurns(turns, [turn({ reply: 'the whole', live: null, endedAt: 'x' })])[0]).toMatchObject({
      reply: 'the whole',
    });
  });

  it('was read up to the latest end, which is not that of the latest turn where a later one was answered sooner', () => {
    const ends = ['2026-01-01T00:05:00.000Z', '2026-01-01T00:01:00.000Z', null];
    expect(lastEnd(ends.map((endedAt) => ({ endedAt })))).toBe('2026-01-01T00:05:00.000Z');
    expect(lastEnd([{ endedAt: null }])).toBe(null);
  });

  it('appends pieces once, whatever is sent again', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (whole, cuts) => {
          const points = [
            ...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length]),
          ].sort((a, b) => a - b);
          let turns: readonly ChatTurn[] = [turn()];
          points.slice(0, -1).forEach((from, index) => {
            const sent = piece(from, whole.slice(from, points[index + 1]));
            for (const again of [sent, sent, piece(0, whole.slice(0, points[index + 1]))]) {
              const result = withPiece(turns, again);
              expect(result.gap).toBe(false);
              turns = result.turns;
            }
          });
          expect(turns[0]?.reply).toBe(whole);
        },
      ),
    );
  });

  it('says where a piece is missing instead of guessing', () => {
    const turns = [turn({ reply: 'abc' })];
    expect(withPiece(turns, piece(5, 'x'))).toEqual({ turns, gap: true });
    expect(extended('abc', { offset: 4, text: 'x' })).toBeNull();
  });

  it('begins anew with another stream, and ignores pieces of what is over or unknown', () => {
    expect(withPiece([turn({ reply: 'abc' })], piece(0, 'new', 'b')).turns[0]).toMatchObject({
      reply: 'new',
      live: { stream: 'b' },
    });
    const over = [turn({ reply: 'done', live: null, endedAt: '2026-01-01T00:00:01.000Z' })];
    expect(isOver(over[0] as ChatTurn)).toBe(true);
    expect(withPiece(over, piece(0, 'late')).turns).toBe(over);
    expect(withPiece([], piece(0, 'x'))).toEqual({ turns: [], gap: false });
  });

  it('lets go of sent messages when their turns arrive', () => {
    const sent = [{ dedupKey: 'one' }, { dedupKey: 'two' }];
    expect(stillPending(sent, [turn({ dedupKey: 'one' })])).toEqual([{ dedupKey: 'two' }]);
    expect(stillPending(sent, [])).toBe(sent);
  });
});
