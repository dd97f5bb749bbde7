import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { glossary, innerWords } from '../../src/lib/glossary.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { cliHelps } from './cli-helps.ts';
import { saidTexts } from './said-texts.ts';

const inner = new RegExp(`\\b(${innerWords.map((word) => word.replace('.', '\\.')).join('|')})\\b`, 'i');
/** Names of settings, statements of SQL, and lists of words of some language. */
const exempt = (text: string) => text.replace(/\b(lanes|mailbox)\.\w+/g, '');
const isQuery = (text: string) => /\b(SELECT|INSERT|UPDATE|DELETE|FROM)\b/.test(text) || /-- /.test(text);

/** Where one stands in a text that a person reads; undefined where none does. */
const found = (text: string) => inner.exec(exempt(text))?.[0];

describe('no word of the machine room stands where a person reads', () => {
  it('on the page, in answers of the daemon and in the commands', () => {
    const said = saidTexts(['public/js', 'src', 'actors', 'machines']).filter(
      ({ file, text }) =>
        !isQuery(text) && !['src/lib/glossary.ts', 'src/graph/extract/name-words.ts'].includes(file),
    );
    expect(said.length).toBeGreaterThan(1_000);
    const wrong = said.flatMap(({ file, line, text }) => {
      const word = found(text);
      return word === undefined ? [] : [`${file}:${line}: ${word}`];
    });
    expect(wrong).toEqual([]);
  });

  it('in the help of any command', async () => {
    const helps = await cliHelps();
    expect(helps.length).toBeGreaterThan(60);
    for (const { command, text } of helps) expect([command, found(text)]).toEqual([command, undefined]);
  });

  it('in README outside of what is code', () => {
    const prose = readFileSync(packagePath('README.md'), 'utf8')
      .replace(/```[\s\S]*?```/g, '')
      .replace(/`[^`\n]*`/g, '')
      .split('\n')
      .flatMap((line, index) => (found(line) === undefined ? [] : [`${index + 1}: ${line.slice(0, 120)}`]));
    expect(prose).toEqual([]);
  });
});

describe('the glossary', () => {
  it('stands in README word for word', () => {
    const readme = readFileSync(packagePath('README.md'), 'utf8');
    for (const { word, means } of glossary) expect(readme).toContain(`- **${word}**: ${means}\n`);
  });

  it('has each word once', () => {
    const words = glossary.map(({ word }) => word);
    expect(new Set(words).size).toBe(words.length);
  });
});
