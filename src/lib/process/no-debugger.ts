/**
 * Keeps SIGUSR1 from opening Node's debugger, which listens on 127.0.0.1:9229 for every user of the machine: with a listener
 * of its own the signal does nothing. For each process of ours, first thing.
 */
export function openNoDebugger(): void {
  process.on('SIGUSR1', () => undefined);
}
