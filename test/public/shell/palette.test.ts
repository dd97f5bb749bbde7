import { describe, expect, it } from 'vitest';
import { matching } from '../../../public/js/shell/palette/match.js';

type Entry = Parameters<typeof matching>[0][number];

const entry = (kind: Entry['kind'], label: string, says = '', found = false): Entry => ({
  ...{ id: `${kind}:${label}`, kind, label, says, found },
  run: () => undefined,
});
const entries = [
  entry('setting', 'memory.maxTokens', 'how much a prompt gets'),
  entry('act', 'Add a memory'),
  entry('panel', 'Memory', 'What it remembers'),
  entry('panel', 'Tasks', 'All that it does'),
  entry('task', 'why is the nas slow?', 'task 7', true),
];
const labels = (text: string, limit = 9) => matching(entries, text, limit).map(({ label }) => label);

describe('the palette', () => {
  it('puts the panel of that name first, then what begins so, then what has such a word', () => {
    expect(labels('memory')).toEqual(['Memory', 'memory.maxTokens', 'Add a memory', 'why is the nas slow?']);
    expect(labels('MEM')[0]).toBe('Memory');
  });

  it('wants all words, anywhere in name and description, and keeps what the daemon found', () => {
    expect(labels('prompt memory')).toEqual(['memory.maxTokens', 'why is the nas slow?']);
    expect(labels('zebra')).toEqual(['why is the nas slow?']);
  });

  it('shows all where nothing is typed, up to a limit', () => {
    expect(labels(' ', 2)).toEqual(['memory.maxTokens', 'Add a memory']);
  });
});
