import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTextPreparer, type TextPreparer } from '../../../actors/memory/text-preparer.ts';
import { keysOf } from '../../../src/memory/keep/keys.ts';
import { embedLexically } from '../../../src/memory/embed/lexical-embedder.ts';
import { loopHeldWhile } from '../../helpers/loop-held.ts';

const open: TextPreparer[] = [];
afterEach(() => Promise.all(open.splice(0).map((preparer) => preparer.close())));

function preparer(options: { deadlineMs?: number } = {}): TextPreparer {
  const made = createTextPreparer(options);
  open.push(made);
  return made;
}

vi.setConfig({ testTimeout: 60_000 });

const { PRIORITY_BELOW_NORMAL: low } = constants.priority;

describe('the thread that prepares texts', () => {
  it('cleans, redacts and embeds a short text whole', async () => {
    const prepared = await preparer().prepare('The wifi\0 password is hunter2.');
    expect(prepared).toEqual({
      text: 'The wifi\ufffd password is [redacted password]',
      redacted: 1,
      chunks: ['The wifi\ufffd password is [redacted password]'],
      vectors: [embedLexically('The wifi\ufffd password is [redacted password]')],
      keys: keysOf('The wifi\ufffd password is [redacted password]'),
    });
  });

  it.runIf(process.platform === 'linux' && getPriority() < low)(
    'runs behind all others of its process, alone',
    async () => {
      const behind = (): number =>
        readdirSync('/proc/self/task').filter((id) => getPriority(Number(id)) >= low).length;
      const before = behind();
      await preparer().prepare('The kettle is new.');
      expect(behind()).toBe(before + 1);
      expect(getPriority()).toBeLessThan(low);
    },
  );

  it.each([
    ['nothing', ''],
    ['NUL', '\0'.repeat(5_000)],
    ['halves of characters', '\ud800'.repeat(5_000)],
    ['mixed scripts', 'Привет мир 你好世界 こんにちは สวัสดี 👩‍👩‍👧‍👦 '.repeat(200)],
  ])('takes %s', async (_, text) => {
    const { chunks, vectors } = await preparer().prepare(text);
    expect(chunks.length).toBeGreaterThan(0);
    expect(vectors).toHaveLength(chunks.length);
    expect(chunks.join('')).not.toMatch(/[\0\p{Surrogate}]/u);
  });

  it('does not hold up this thread over five megabytes', async () => {
    const made = preparer();
    await made.prepare('warm up');
    let chunks: readonly string[] = [];
    const { p99Ms, longestMs } = await loopHeldWhile(async () => {
      ({ chunks } = await made.prepare(
        'The boiler in the cellar was serviced by Anna. token=abc123def\n\n'.repeat(80_000),
      ));
    });
    console.log(
      `5 MB: ${chunks.length} chunks, loop held p99 ${p99Ms.toFixed(1)} ms, longest ${longestMs.toFixed(0)} ms`,
    );
    // Preparing them here takes seconds.
    expect(p99Ms).toBeLessThan(50);
    expect(chunks.length).toBeGreaterThan(3_000);
    expect(chunks.join('\n')).not.toContain('abc123def');
  }, 300_000);

  it('gives a text up that takes too long, and takes the next one', async () => {
    const made = preparer({ deadlineMs: 1 });
    await expect(made.prepare('x '.repeat(100_000))).rejects.toThrow('could not be prepared within 1 ms');
    const patient = preparer();
    await patient.prepare('one');
    await patient.close();
    expect((await patient.prepare('two')).text).toBe('two');
  });
});
