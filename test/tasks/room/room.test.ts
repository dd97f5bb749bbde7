import { describe, expect, it } from 'vitest';
import {
  isCrowded,
  lacksCpu,
  lacksMemory,
  lanesFor,
  largestOf,
  MIB,
  type Occupant,
  passedWords,
  startBytes,
} from '../../../src/tasks/room/room.ts';

const machine = { cores: 2, load: 0, memoryBytes: 24 * 1024 * MIB, availableBytes: 20 * 1024 * MIB };
const auto = { lanes: null, maxMemoryMib: null };
const occupant = (taskId: number, more: Partial<Occupant> = {}): Occupant => ({
  taskId,
  attempt: 1,
  isHuman: false,
  isStarting: false,
  ...more,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => occupant(index + 1));

describe('lanes', () => {
  it('are as many as the owner says, or one more than there are cores, as far as memory goes', () => {
    expect(lanesFor({ ...auto, lanes: 7 }, machine)).toBe(7);
    expect(lanesFor(auto, machine)).toBe(3);
    expect(lanesFor(auto, { ...machine, cores: 1 })).toBe(3);
    expect(lanesFor(auto, { ...machine, cores: 8 })).toBe(9);
    expect(lanesFor(auto, { ...machine, cores: 64 })).toBe(16);
    expect(lanesFor(auto, { ...machine, cores: 8, memoryBytes: 1024 * MIB })).toBe(4);
    expect(lanesFor({ lanes: null, maxMemoryMib: 400 }, { ...machine, cores: 8 })).toBe(2);
  });
});

describe('memory', () => {
  const room = { maxBytes: 600 * MIB, availableBytes: machine.availableBytes };

  it('is short where one agent more would pass the bound, each counted as large as one that has just started', () => {
    expect(lacksMemory([], new Map(), { maxBytes: MIB, availableBytes: 0 })).toBe(false);
    expect(lacksMemory(many(2), new Map(), room)).toBe(false);
    expect(lacksMemory(many(3), new Map(), room)).toBe(true);
    expect(lacksMemory(many(2), new Map([[1, 300 * MIB]]), room)).toBe(true);
    expect(lacksMemory(many(2), new Map([[9, 300 * MIB]]), room)).toBe(false);
  });

  it('is short where the machine has too little left, what is not used yet by those that start included', () => {
    const left = (mib: number) => ({ maxBytes: Infinity, availableBytes: mib * MIB });
    const grown = new Map([[1, startBytes]]);
    expect(lacksMemory(many(1), grown, left(310))).toBe(false);
    expect(lacksMemory(many(1), grown, left(300))).toBe(true);
    expect(lacksMemory(many(1), new Map(), left(310))).toBe(true);
  });

  it('is short for an agent that waits for its task where the running ones need the bound for themselves', () => {
    expect(isCrowded([], new Map(), 180 * MIB)).toBe(false);
    expect(isCrowded([], new Map(), 179 * MIB)).toBe(true);
    expect(isCrowded(many(2), new Map(), 540 * MIB)).toBe(false);
    expect(isCrowded(many(2), new Map([[1, 181 * MIB]]), 540 * MIB)).toBe(true);
    const next = occupant(3, { isHuman: true, isStarting: true });
    expect(isCrowded([...many(2), next], new Map(), 540 * MIB)).toBe(false);
    expect(isCrowded([...many(2), { ...next, isHuman: false }], new Map(), 540 * MIB)).toBe(true);
  });

  it('is taken from the largest of nobody who waits, and only then from a person', () => {
    const occupants = [occupant(1, { isHuman: true }), occupant(2), occupant(3)];
    const memory = new Map([
      [1, 900],
      [2, 200],
      [3, 300],
    ]);
    expect(largestOf(occupants, memory)).toEqual({ taskId: 3 });
    expect(largestOf([occupant(1, { isHuman: true })], memory)).toEqual({ taskId: 1 });
    expect(largestOf([occupant(9)], memory)).toBeUndefined();
  });

  it('is told in a sentence with its figures', () => {
    expect(passedWords(new Map([[7, 2_560 * MIB]]), 2_048 * MIB, 7)).toBe(
      'Running tasks take 2.5 GiB of memory, more than the 2.0 GiB of `tasks.maxMemory`: no other is started, and if it stays so the largest is ended. That would be task 7 with 2.5 GiB.',
    );
  });
});

describe('cores', () => {
  it('are short while as many agents start as there are, or one where the machine is very busy', () => {
    const starting = (count: number) => many(count).map((each) => ({ ...each, isStarting: true }));
    expect(lacksCpu(many(9), machine)).toBe(false);
    expect(lacksCpu(starting(1), machine)).toBe(false);
    expect(lacksCpu(starting(2), machine)).toBe(true);
    expect(lacksCpu(starting(1), { ...machine, load: 8 })).toBe(false);
    expect(lacksCpu(starting(1), { ...machine, load: 9 })).toBe(true);
    expect(lacksCpu([], { ...machine, load: 99 })).toBe(false);
    expect(lacksCpu(starting(1), { ...machine, cores: 1.5 })).toBe(false);
  });
});
