import { describe, expect, it } from 'vitest';
import { destinationOf } from '../../src/outbox/reply-to.ts';

const from = (source: string) => ({ source });
const kindOf = (replyTo: string, source: string) => destinationOf(replyTo, from(source)).kind;

describe('where a reply goes', () => {
  it('is the address that the owner names, in any channel', () => {
    for (const source of ['cli', 'shell:laptop', 'discord', 'dashboard'])
      expect(destinationOf('discord:dm:42', from(source))).toEqual({
        kind: 'address',
        channel: 'discord',
        address: 'dm:42',
      });
  });

  it('is an address of its own channel where a machine asks, and no other', () => {
    expect(kindOf('matrix:!room', 'matrix')).toBe('address');
    expect(kindOf('matrix:!room', 'matrix:home')).toBe('address');
    expect(kindOf('discord:42', 'matrix')).toBe('refused');
    expect(kindOf('discord:42', 'cron:disk')).toBe('refused');
  });

  it('is never what a stranger names, not even in the channel that they wrote through', () => {
    expect(destinationOf('discord:42', from('email'))).toEqual({
      kind: 'refused',
      reason: 'the source email may not have replies sent to "discord:42"',
    });
    expect(kindOf('email:somebody@example.org', 'email')).toBe('refused');
    expect(kindOf('web:hook', 'web:hook')).toBe('refused');
  });

  it('is with a queued task as with the one that queued it', () => {
    const self = (trust: 'owner' | 'local' | 'untrusted') =>
      destinationOf('discord:42', { source: 'self', lineage: { depth: 1, trust } }).kind;
    expect(self('owner')).toBe('address');
    expect(self('local')).toBe('refused');
    expect(self('untrusted')).toBe('refused');
    expect(kindOf('discord:42', 'self')).toBe('refused');
  });

  it('is nowhere for those who listen, and for a mere name', () => {
    expect(kindOf('dashboard:tab-1', 'dashboard')).toBe('listened-for');
    expect(kindOf('cli:7', 'cli')).toBe('listened-for');
    expect(kindOf('me', 'email')).toBe('listened-for');
  });

  it('is refused where it is no address', () => {
    for (const replyTo of [
      'discord:',
      'discord:a b',
      'discord:a\nb',
      'Discord:1',
      ':1',
      `discord:${'a'.repeat(201)}`,
    ])
      expect(kindOf(replyTo, 'cli')).toBe('refused');
  });
});
