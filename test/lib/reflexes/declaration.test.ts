import { expect, it } from 'vitest';
import { commandsOf, type ReflexDeclaration, reflexesOf } from '../../../src/lib/reflexes/declaration.ts';

const greet: ReflexDeclaration<{ name: string }> = {
  name: 'greet',
  command: { usage: '/greet', does: 'says hello' },
  create:
    ({ name }) =>
    () => ({ reply: `hello ${name}` }),
};
const nod: ReflexDeclaration<object> = { name: 'nod', create: () => () => ({}) };

it('gives each reflex what it needs, and lists the commands among them', async () => {
  const reflexes = reflexesOf([greet, nod], { name: 'Ada' });
  expect(Object.keys(reflexes)).toEqual(['greet', 'nod']);
  expect(await reflexes['greet']?.({} as never)).toEqual({ reply: 'hello Ada' });
  expect(commandsOf([greet, nod])).toEqual([{ usage: '/greet', does: 'says hello' }]);
});

it('refuses two reflexes of one name', () => {
  expect(() => reflexesOf([greet, nod, greet], { name: 'Ada' })).toThrow(
    'the reflex greet is declared twice',
  );
});
