import { tellOwner } from '../tasks/tell-owner.ts';
import { clockedTaskId, standbyTaskId } from '../lib/process/marker.ts';
import type { LeftStray } from '../lib/process/strays/strays.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

/** Takes dead strays out of the process table, ends those whose tasks are over, and tells the owner of those that stay. */
export function strayKeeperLogic(services: Services) {
  const { strays, settings } = services;
  /** What could not be told yet, since the store was away. */
  let untold: LeftStray[] = [];
  return chore(services, 'processes that lost their parents could not be looked after', async () => {
    untold.push(...(await strays.sweep(settings.get('task.killGraceMs'))));
    for (let stray = untold[0]; stray !== undefined; stray = untold[0]) {
      await tell(services, stray);
      untold = untold.slice(1);
    }
  });
}

async function tell({ bus, database, log }: Services, stray: LeftStray): Promise<void> {
  const { pid, command, reason } = stray;
  const taskId = stray.taskId === clockedTaskId || stray.taskId === standbyTaskId ? null : stray.taskId;
  const text =
    stray.taskId === clockedTaskId
      ? `A process that a sensor or a goal has probably started could not be ended: ${pid} ${command} (${reason}).`
      : taskId === null
        ? `A process was left to ninjad of which it cannot say who started it, so it runs on: ${pid} ${command} (${reason}).`
        : `A process that task ${taskId} has probably started could not be ended: ${pid} ${command} (${reason}).`;
  log.warn(stray, 'a process that lost its parents stays');
  await database.store.transaction((tx) => tellOwner(tx, { origin: 'task', text, taskId, now: new Date() }));
  bus.emit('owner.told', { origin: 'task', text, taskId });
}
