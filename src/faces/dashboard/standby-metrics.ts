import { Counter, type Registry } from 'prom-client';
import type { StandbyCounts } from '../../tasks/standby/desk.ts';

/** Registers what became of the agents that were started ahead; the answer fills the figures in. */
export function registerStandby(registry: Registry, counts: () => StandbyCounts): () => void {
  const used = new Counter({
    name: 'ninjad_standby_used_total',
    help: 'Agents that were started ahead and have served a task.',
    registers: [registry],
  });
  const givenUp = new Counter({
    name: 'ninjad_standby_given_up_total',
    help: 'Agents that were started ahead in vain, by the reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  return () => {
    const known = counts();
    used.reset();
    used.inc(known.used);
    givenUp.reset();
    for (const [reason, count] of Object.entries(known.givenUp)) givenUp.inc({ reason }, count);
  };
}
