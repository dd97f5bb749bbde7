import { describe, expect, it } from 'vitest';
import { chosenCommand, commandsFor } from '../../../../public/js/panels/chat/slash.js';

const commands = [
  { usage: '/status', does: 'how it is' },
  { usage: '/stop', does: 'ends it' },
  { usage: '/remember TEXT', does: 'keeps a note' },
];

describe('the menu of commands', () => {
  it('offers what begins so, and nothing once the command is written', () => {
    expect(commandsFor('/', commands)).toHaveLength(3);
    expect(commandsFor('/st', commands).map(({ usage }) => usage)).toEqual(['/status', '/stop']);
    expect(commandsFor('/remember ', commands)).toEqual([]);
    expect(commandsFor('a /st', commands)).toEqual([]);
  });

  it('leaves room for what a command takes', () => {
    expect(chosenCommand('/status')).toBe('/status');
    expect(chosenCommand('/remember TEXT')).toBe('/remember ');
  });
});
