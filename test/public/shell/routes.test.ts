import { describe, expect, it } from 'vitest';
import { panels as routes } from '../../../public/js/panels/panels.js';
import { addressOf, readAddress as read } from '../../../public/js/shell/routes.js';

const readAddress = (hash: string) => read(hash, routes);

describe('addresses', () => {
  it('lead to a panel, what is chosen in it, and its filters, and back', () => {
    expect(addressOf('tasks', [12], { state: 'failed', text: '' })).toBe('#/tasks/12?state=failed');
    expect(readAddress('#/tasks/12?state=failed')).toEqual({
      panel: 'tasks',
      rest: ['12'],
      query: { state: 'failed' },
    });
    expect(readAddress(addressOf('chat', ['a/b c?#']))).toEqual({
      panel: 'chat',
      rest: ['a/b c?#'],
      query: {},
    });
  });

  it('that nobody knows, or that are no valid encoding, lead to the first panel or stand as they are', () => {
    expect(readAddress('#/nowhere/1').panel).toBe('now');
    expect(readAddress('').panel).toBe('now');
    expect(readAddress('#/chat/%E0%A4').rest).toEqual(['%E0%A4']);
  });

  it('have a key each that no other has', () => {
    expect(new Set(routes.map(({ key }) => key)).size).toBe(routes.length);
  });
});
