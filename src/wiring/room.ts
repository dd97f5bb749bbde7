import { fromPromise } from 'xstate';
import { occupantsOf, type TaskBoard } from '../../machines/tasks/board.ts';
import type { MemoryLook, MemoryRequest } from '../../machines/tasks/protocol.ts';
import { cgroupsOf } from '../lib/process/containment/containment.ts';
import { type AgentsMemory, measureAgents } from '../tasks/room/agents-memory.ts';
import { maxMemoryOf, readMachine } from '../tasks/room/lanes.ts';
import { lacksCpu, lacksMemory, largestOf, passedWords } from '../tasks/room/room.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import type { Services } from '../services.ts';

/** What the task supervisor asks about room on the machine. */
export function roomParts(services: Services) {
  const { bus, containment, database, journal, log, settings, standby } = services;
  const tell = async ({ memory, passed }: MemoryLook): Promise<void> => {
    const words = passedWords(memory, maxMemoryOf(settings), passed?.taskId);
    const news = { origin: 'task', text: words, taskId: null } as const;
    await database.store.transaction((tx) => tellOwner(tx, { ...news, now: new Date() }));
    bus.emit('owner.told', news);
  };
  return {
    actors: {
      measureMemory: fromPromise<MemoryLook, MemoryRequest>(async ({ input: { occupants } }) => {
        if (occupants.length === 0) return { memory: new Map(), passed: undefined };
        const tasks = occupants.map(({ taskId, attempt }) => {
          const ahead = standby.markOf({ id: taskId });
          const marks = [{ worker: journal.uuid, taskId, attempt }, ...(ahead ? [ahead] : [])];
          const cgroups = marks.flatMap((mark) => cgroupsOf(containment, mark));
          return { taskId, cgroups, ahead: ahead?.attempt };
        });
        const memory = await measureAgents(journal.uuid, tasks);
        const passed = sumOf(memory) > maxMemoryOf(settings) ? largestOf(occupants, memory) : undefined;
        return { memory, passed };
      }),
    },
    actions: {
      tellPassed: (_: unknown, look: MemoryLook) => {
        void tell(look).catch((thrown: unknown) =>
          log.warn({ err: thrown }, 'the memory that agents take stays untold'),
        );
      },
    },
    guards: {
      lacksMemory: ({ context }: { context: TaskBoard }) => {
        const { availableBytes } = readMachine();
        const room = { maxBytes: maxMemoryOf(settings), availableBytes };
        return lacksMemory(occupantsOf(context), context.memory, room);
      },
      lacksCpu: ({ context }: { context: TaskBoard }) => lacksCpu(occupantsOf(context), readMachine()),
    },
  };
}

function sumOf(memory: AgentsMemory): number {
  return [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
}
