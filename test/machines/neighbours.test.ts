import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, setup } from 'xstate';
import { tell } from '../../machines/neighbours.ts';

/** A system in which the task supervisor notes what it hears, and nobody else is alive. */
function startSystem() {
  const heard: unknown[] = [];
  const noting = fromCallback(({ receive }) => receive((event) => heard.push(event)));
  const tree = setup({ actors: { noting } }).createMachine({
    invoke: { id: 'tasks', systemId: 'tasks', src: 'noting' },
  });
  return { system: createActor(tree).start().system, heard };
}

describe('tell', () => {
  it('sends a command to the neighbour of that id', () => {
    const { system, heard } = startSystem();
    tell(system, 'tasks', { type: 'tasks.wake' });
    tell(system, 'tasks', { type: 'task.steer', taskId: 7, text: 'rather the red one' });
    expect(heard).toEqual([
      { type: 'tasks.wake' },
      { type: 'task.steer', taskId: 7, text: 'rather the red one' },
    ]);
  });

  it('is silent where the neighbour is between two lives', () => {
    const { system, heard } = startSystem();
    tell(system, 'router', { type: 'mail.waiting' });
    expect(heard).toEqual([]);
  });

  it('does not compile with a misspelt id, event or payload, or with the command of another neighbour', () => {
    const { system } = startSystem();
    // @ts-expect-error -- the id is misspelt
    tell(system, 'task', { type: 'tasks.wake' });
    // @ts-expect-error -- the event is misspelt
    tell(system, 'tasks', { type: 'tasks.wakes' });
    // @ts-expect-error -- the payload is missing
    tell(system, 'tasks', { type: 'task.cancel' });
    // @ts-expect-error -- the mailbox takes it, the router does not
    tell(system, 'router', { type: 'mail.arrived' });
  });
});
