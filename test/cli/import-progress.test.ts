import { expect, it } from 'vitest';
import { progressText } from '../../src/cli/import-progress.ts';
import { createProgress } from '../../src/cli/progress.ts';

it('tells how far an import is, and how long the rest will take', () => {
  const state = { line: 20_000, total: 100_000, imported: 19_990, known: 10, elapsedMs: 30_000 };
  expect(progressText(state)).toBe(
    'line 20,000 of 100,000 (20 %, about 2m left): 19,990 imported, 10 known already',
  );
  expect(progressText({ ...state, elapsedMs: 500 })).toBe(
    'line 20,000 of 100,000 (20 %): 19,990 imported, 10 known already',
  );
  expect(progressText({ ...state, total: undefined })).toBe('line 20,000: 19,990 imported, 10 known already');
  expect(progressText({ ...state, line: 100_000 })).toContain('(100 %)');
});

it('shows a share and an estimate where the total is known, for each thing by itself', () => {
  let now = 0;
  const written: string[] = [];
  const stream = { isTTY: true, write: (text: string) => written.push(text) > 0 };
  const { show, end } = createProgress(stream, () => now);
  show('goals', 3);
  now = 60_000;
  show('memories', 0, 100_000);
  now += 10_000;
  show('memories', 25_000, 100_000);
  end();
  expect(written.map((text) => text.replace('\r\u001B[K', ''))).toEqual([
    'goals: 3',
    'memories: 0 of 100,000 (0 %)',
    'memories: 25,000 of 100,000 (25 %, about 30s left)',
    '',
  ]);
});

it('shows the share of the bytes where the number of texts is not known before', () => {
  let now = 0;
  const written: string[] = [];
  const stream = { isTTY: true, write: (text: string) => written.push(text) > 0 };
  const { showPart } = createProgress(stream, () => now);
  showPart('texts', 0, { done: 0, total: 4_000 });
  now += 10_000;
  showPart('texts', 120, { done: 1_000, total: 4_000 });
  showPart('texts', 480, { done: 4_100, total: 4_000 });
  showPart('pages', 3, { done: 0, total: 0 });
  expect(written.map((text) => text.replace('\r\u001B[K', ''))).toEqual([
    'texts: 0 (0 %)',
    'texts: 120 (25 %, about 30s left)',
    'texts: 480 (100 %)',
    'pages: 3',
  ]);
});
