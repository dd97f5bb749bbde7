import { watch } from 'node:fs';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

/** What is being written into the folder has this long to be whole. */
const settleMs = 300;

/** Looks at the sensors every few seconds, and soon after something has changed in the owner's folder of them. */
export function sensorKeeperLogic(services: Services) {
  const { paths, sensors } = services;
  return chore(
    services,
    'the sensors could not be looked at',
    () => sensors.keep(),
    (wake) => watchFolder(paths.sensors, wake),
  );
}

/** The rest between two looks serves where the folder cannot be watched. */
function watchFolder(folder: string, wake: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    timer = setTimeout(wake, settleMs);
  };
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
