import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/lib/package-root.ts';
import { ownerStatements } from '../../../src/memory/keep/owner-statements.ts';
import { heldOutMessages } from '../../fixtures/remember/held-out-messages.ts';

describe('what the owner states in a message', () => {
  it('is told apart into facts and preferences, in their words', () => {
    expect(
      ownerStatements('Hi! I prefer metric units. By the way, we moved the backup to nas-2. Is it done?'),
    ).toEqual([
      { kind: 'preference', content: 'I prefer metric units.' },
      { kind: 'fact', content: 'We moved the backup to nas-2.' },
    ]);
    expect(ownerStatements('remember that the guest code changes on Sunday')).toEqual([
      { kind: 'fact', content: 'The guest code changes on Sunday.' },
    ]);
  });

  it('is nothing where text is quoted, pasted or dictated', () => {
    expect(ownerStatements('> I prefer tea\nWhat did he mean?')).toEqual([]);
    expect(ownerStatements('```\nmy name is Luca\n```')).toEqual([]);
    expect(ownerStatements('Translate: my name is Luca.')).toEqual([]);
    expect(ownerStatements('I live in Rome. '.repeat(1_000))).toEqual([]);
  });

  it('is bounded, and takes any text', () => {
    expect(
      ownerStatements(Array.from({ length: 20 }, (_, n) => `I own ${n} boats.`).join('\n')),
    ).toHaveLength(5);
    for (const text of ['', '\0', '\ud800', '?', '```', '"', 'I live in \udc00'.repeat(20), '我喜欢茶'])
      expect(() => ownerStatements(text)).not.toThrow();
  });

  it('is found, four of five times rightly or better, in messages that the rules never saw', () => {
    const judged = heldOutMessages.map(({ text, learn }) => {
      const [first] = ownerStatements(text);
      return { text, learn, found: first?.kind ?? null };
    });
    const wrong = judged.filter(({ learn, found }) => found !== null && learn === null);
    const found = judged.filter(({ learn, found: kind }) => kind !== null && learn !== null);
    const ofRightKind = found.filter(({ learn, found: kind }) => learn === kind);
    const wanted = judged.filter(({ learn }) => learn !== null).length;
    const precision = found.length / (found.length + wrong.length);
    const recall = found.length / wanted;
    console.log(
      `statements: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}, right kind ${ofRightKind.length} of ${found.length}`,
      judged.filter(({ learn, found: kind }) => learn !== kind).map(({ text }) => text),
    );
    expect(precision).toBeGreaterThanOrEqual(0.8);
    expect(recall).toBeGreaterThanOrEqual(0.8);
    expect(ofRightKind.length / found.length).toBeGreaterThanOrEqual(0.9);
  });

  it('is nothing in the 163 questions of the recall benchmark, which were written for something else', () => {
    const questions = readFileSync(packagePath('bench', 'recall', 'owner', 'queries.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    expect(questions.length).toBeGreaterThan(150);
    expect(questions.filter((text) => ownerStatements(text).length > 0)).toEqual([]);
  });
});
