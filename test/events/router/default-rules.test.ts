import { expect, it } from 'vitest';
import { defaultRules } from '../../../src/reflexes.ts';

it('leads by name from what the owner asks to be kept, over commands and categories, to what takes everything', () => {
  expect(defaultRules.map(({ name, route }) => `${name} → ${route}`)).toEqual([
    'remember → reflex:note',
    'command-status → reflex:status',
    'command-help → reflex:help',
    'command-stop → reflex:stop',
    'command-again → reflex:again',
    'command-go-on → reflex:go-on',
    'command-leave → reflex:leave',
    'command-remember → reflex:remember',
    'command-recall → reflex:recall',
    'command-cost → reflex:cost',
    'command-goals → reflex:goals',
    'command-mail → reflex:mail',
    'command-digest → reflex:digest',
    'command-wish → reflex:wish',
    'command-wishes → reflex:wishes',
    'heartbeat → reflex:record',
    'note → reflex:note',
    'unknown-command → reflex:help',
    'human → task',
    'asked-for → task',
    'urgent → task',
    'otherwise → reflex:record',
  ]);
});
