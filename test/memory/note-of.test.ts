import { describe, expect, it } from 'vitest';
import { noteOf } from '../../src/memory/note-of.ts';

const object = (fields: object, source = 'cli') => {
  const payload = JSON.stringify(fields);
  return noteOf({ payload, text: 'the key is with Amara', source });
};

describe('what an event wants kept', () => {
  it('is its text as a note, trusted as its source is', () => {
    expect(noteOf({ payload: 'disk at 91%', text: 'disk at 91%', source: 'cron:disk' })).toEqual({
      content: 'disk at 91%',
      kind: 'note',
      trust: 'local',
    });
    expect(noteOf({ payload: '{not JSON}', text: '{not JSON}', source: 'cli' })).toMatchObject({
      kind: 'note',
    });
  });

  it('may say of what kind it is, its title, its tags, and how important it is', () => {
    expect(object({ kind: 'fact', title: 'key', tags: ['home'], importance: 0.9, other: 1 })).toEqual({
      content: 'the key is with Amara',
      kind: 'fact',
      trust: 'owner',
      title: 'key',
      tags: ['home'],
      importance: 0.9,
    });
  });

  it('has its importance from the owner only', () => {
    expect(object({ importance: 1 }, 'email')).toEqual({
      content: 'the key is with Amara',
      kind: 'note',
      trust: 'untrusted',
    });
  });

  it.each([{ kind: 'dream' }, { importance: 7 }, { tags: 'home' }, { title: '' }])(
    'is refused with %j',
    (fields) => {
      expect(() => object(fields)).toThrow(/the payload cannot be used/);
    },
  );
});
