import type { Status } from '../faces/status/status.ts';
import { paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { count, duration } from './units.ts';

/** How many memories there are, and what is still done about them: what waits, and which encoder has how far to go. */
export function memoryText({ total, prepared, preparesASecond, encoders }: Status['memory']): string {
  const left = total - prepared;
  const estimate =
    preparesASecond === null ? '' : ` (about ${duration((left / preparesASecond) * 1_000)} left)`;
  const waiting = left > 0 ? [`${count(left)} to prepare${estimate}`] : [];
  const embedding = encoders
    .filter(({ missing }) => missing > 0)
    .map(({ model, embedded, missing, aSecond }) => {
      const all = embedded + missing;
      const share = Math.floor((embedded * 100) / all);
      const left =
        aSecond === null || aSecond <= 0 ? '' : `, about ${duration((missing / aSecond) * 1_000)} left`;
      return `${modelWord(model)} knows ${count(embedded)} of ${count(all)} (${share} %${left})`;
    });
  return [`${count(total)} ${total === 1 ? 'memory' : 'memories'}`, ...waiting, ...embedding].join(', ');
}

/** The same, and why nothing is found by meaning. */
export function wholeMemoryText(memory: Status['memory']): string {
  const { degraded } = memory;
  const lexical = degraded === null ? '' : `, ${paint('yellow', 'degraded')}: ${oneLine(degraded)}`;
  return `${memoryText(memory)}${lexical}`;
}

/** A model without its organisation and the digest of its weights. */
function modelWord(model: string): string {
  return oneLine(model.replace(/@.*$/, '').replace(/^.*\//, ''));
}
