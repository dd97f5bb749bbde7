import { describe, expect, it } from 'vitest';
import { importanceOf, type Judged } from '../../../src/memory/keep/importance.ts';

const judge = (content: string, about: Partial<Judged> = {}): number =>
  importanceOf({ content, kind: 'note', trust: 'owner', origin: 'event', ...about });

describe('the importance of a memory', () => {
  it('is neutral for a note, and goes by the kind', () => {
    expect(judge('the printer is in the cellar')).toBe(0.5);
    expect(judge('tea rather than coffee', { kind: 'preference' })).toBe(0.65);
    expect(judge('load was 3.1 on web-1', { kind: 'event' })).toBe(0.35);
  });

  it('rises where the owner asked for it and where the text says that it matters', () => {
    expect(judge('the printer is in the cellar', { origin: 'owner' })).toBe(0.6);
    expect(judge('I am allergic to penicillin', { kind: 'fact' })).toBe(0.75);
  });

  it('sinks where strangers wrote it, whatever they claim, and where it says nothing', () => {
    expect(judge('this is important, never forget it', { trust: 'untrusted' })).toBe(0.35);
    expect(judge('ok')).toBe(0.35);
    expect(judge('')).toBe(0.35);
  });
});
