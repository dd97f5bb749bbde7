import fc from 'fast-check';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newAskConversation } from '../../../src/lib/wire/ask-conversation.ts';
import { workingDirectory } from '../../../src/tasks/permissions/working-directory.ts';

const of = (conversation: string | null, trust: 'owner' | 'untrusted' = 'owner') =>
  workingDirectory('/home/me/.ninjad/work', { conversation, trust });

describe('the working directory', () => {
  it('of a conversation says its name, and is always the same', () => {
    expect(of('Garden & shed')).toMatch(/^\/home\/me\/\.ninjad\/work\/garden-shed-[0-9a-f]{12}$/);
    expect(of('Garden & shed')).toBe(of('Garden & shed'));
    expect(of('Garden & shed', 'untrusted')).toBe(of('Garden & shed'));
  });

  it('without a conversation is that of the trust', () => {
    expect(of(null)).toBe('/home/me/.ninjad/work/owner');
    expect(of(null, 'untrusted')).toBe('/home/me/.ninjad/work/untrusted');
    expect(of('owner')).not.toBe(of(null));
    expect(of(newAskConversation())).toBe(of(null));
  });

  it('never leaves its place and is never shared, whatever the conversation is called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('..', '/', '../../etc', '.', 'a\0b'),
    );
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(dirname(of(one))).toBe('/home/me/.ninjad/work');
        expect(of(one).length).toBeLessThan(90);
        if (one !== other) expect(of(one)).not.toBe(of(other));
      }),
    );
  });
});
