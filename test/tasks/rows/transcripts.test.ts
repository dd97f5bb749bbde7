import { describe, expect, it } from 'vitest';
import type { Transcript, TranscriptEntry } from '../../../src/tasks/run/transcript.ts';
import { findTranscripts, keepTranscript, pruneTranscripts } from '../../../src/tasks/rows/transcripts.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('task_transcripts');

const at = (day: number) => new Date(Date.UTC(2030, 0, day));
const said = (text: string): TranscriptEntry => ({ at: 5, kind: 'said', text });
const transcript = (...texts: string[]): Transcript => ({ head: texts.map(said), tail: [], omitted: 0 });

describe('transcripts', () => {
  it('are kept by attempt, beginning and end in one list', async () => {
    const task = { id: 7, attempt: 2 };
    await keepTranscript(store, {
      task,
      transcript: { head: [said('a')], tail: [said('z')], omitted: 24 },
      now: at(2),
    });
    await keepTranscript(store, { task: { id: 7, attempt: 1 }, transcript: transcript('first'), now: at(1) });
    await keepTranscript(store, { task: { id: 8, attempt: 1 }, transcript: transcript('other'), now: at(1) });
    expect(await findTranscripts(store, 7)).toEqual([
      { attempt: 1, recordedAt: at(1), entries: [said('first')], omitted: 0 },
      { attempt: 2, recordedAt: at(2), entries: [said('a'), said('z')], omitted: 24 },
    ]);
  });

  it('replace that of the same attempt, and leave nothing where nothing happened', async () => {
    const task = { id: 7, attempt: 1 };
    await keepTranscript(store, { task, transcript: transcript('before'), now: at(1) });
    await keepTranscript(store, { task, transcript: transcript('after'), now: at(2) });
    await keepTranscript(store, { task: { id: 9, attempt: 1 }, transcript: transcript(), now: at(2) });
    expect(await findTranscripts(store, 7)).toEqual([
      { attempt: 1, recordedAt: at(2), entries: [said('after')], omitted: 0 },
    ]);
    expect(await findTranscripts(store, 9)).toEqual([]);
  });

  it('take any text that an agent can print, and none of what Postgres cannot store', async () => {
    const task = { id: 7, attempt: 1 };
    await keepTranscript(store, {
      task,
      transcript: transcript('a\0b', 'half \ud83d', 'whole 😀', '\\u0000'),
      now: at(1),
    });
    const [kept] = await findTranscripts(store, 7);
    expect(kept?.entries).toEqual([said('a\ufffdb'), said('half \ufffd'), said('whole 😀'), said('\\u0000')]);
  });

  it('go when they are old enough, and not before', async () => {
    for (const day of [1, 2, 3]) {
      await keepTranscript(store, {
        task: { id: day, attempt: 1 },
        transcript: transcript('x'),
        now: at(day),
      });
    }
    expect(await pruneTranscripts(store, at(3))).toBe(2);
    expect(await pruneTranscripts(store, at(3))).toBe(0);
    expect(await findTranscripts(store, 3)).toHaveLength(1);
  });
});
