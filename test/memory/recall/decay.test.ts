import { describe, expect, it } from 'vitest';
import { decayFactor } from '../../../src/memory/recall/decay.ts';

const now = new Date('2026-11-20T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const memory = (
  kind: string,
  days: number,
  more: { importance?: number; pinned?: boolean; seenDaysAgo?: number } = {},
) => ({
  kind,
  importance: more.importance ?? 0.5,
  pinned: more.pinned ?? false,
  createdAt: daysAgo(days),
  lastSeenAt: daysAgo(more.seenDaysAgo ?? days),
});

describe('decay', () => {
  it('takes nothing from what is new and important as anything', () => {
    expect(decayFactor(memory('event', 0), now)).toBe(1);
  });

  it('takes half of what it can take after the half-life of the kind', () => {
    expect(decayFactor(memory('event', 60), now)).toBeCloseTo(0.95, 9);
    expect(decayFactor(memory('note', 120), now)).toBeCloseTo(0.95, 9);
    expect(decayFactor(memory('preference', 720), now)).toBeCloseTo(0.95, 9);
  });

  it('never takes more than a tenth', () => {
    expect(decayFactor(memory('event', 100_000), now)).toBeCloseTo(0.9, 9);
  });

  it('counts from the last time that something was said', () => {
    expect(decayFactor(memory('event', 600, { seenDaysAgo: 0 }), now)).toBe(1);
  });

  it('does not age what is pinned, and prefers what is important', () => {
    expect(decayFactor(memory('event', 600, { pinned: true }), now)).toBe(1);
    expect(decayFactor(memory('event', 0, { importance: 1 }), now)).toBeCloseTo(1.05, 9);
    expect(decayFactor(memory('event', 0, { importance: 0 }), now)).toBeCloseTo(0.95, 9);
  });

  it('does not reward a date in the future', () => {
    expect(decayFactor(memory('event', -30), now)).toBe(1);
  });
});
