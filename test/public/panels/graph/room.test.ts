import { describe, expect, it } from 'vitest';
import { createRoom, placeOnLine } from '../../../../public/js/panels/graph/room.js';

const from = { x: 0, y: 0, radius: 10 };
const to = { x: 120, y: 0, radius: 10 };
const size = { width: 30, height: 10 };

describe('a word on a line', () => {
  it('stands in the middle of what is seen of the line', () => {
    expect(placeOnLine(from, to, size, createRoom())).toEqual({ ...size, x: 60, y: 0 });
    expect(placeOnLine(from, { ...to, radius: 50 }, size, createRoom())).toEqual({ ...size, x: 40, y: 0 });
    expect(placeOnLine({ ...from, y: 120, x: 120 }, to, size, createRoom())).toEqual({
      ...size,
      x: 120,
      y: 60,
    });
  });

  it('goes out of the way of what is there already, first along the line and then beside it', () => {
    const room = createRoom();
    const places = Array.from({ length: 4 }, () => {
      const box = placeOnLine(from, to, size, room);
      if (box !== null) room.take(box);
      return box;
    });
    expect(places).toEqual([
      { ...size, x: 60, y: 0 },
      { ...size, x: 24, y: 0 },
      { ...size, x: 96, y: 0 },
      { ...size, x: 60, y: 10 },
    ]);
  });

  it('is not written where all is taken, and has a place where both ends are one', () => {
    const room = createRoom();
    room.take({ x: 60, y: 0, width: 200, height: 60 });
    expect(placeOnLine(from, to, size, room)).toBeNull();
    expect(placeOnLine(from, { ...from }, size, createRoom())).toEqual({ ...size, x: 0, y: 0 });
  });
});
