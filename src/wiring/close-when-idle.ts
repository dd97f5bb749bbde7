/** A thread without work is kept for so many passes, since a new one takes long to start. */
const idlePasses = 12;

/** Returns what a chore calls after each pass with how much it did: after twelve passes of nothing it closes the thread. */
export function closeWhenIdle(thread: { close(): Promise<void> }): (done: number) => Promise<void> {
  let idle = 0;
  return async (done) => {
    idle = done > 0 ? 0 : idle + 1;
    if (idle === idlePasses) await thread.close();
  };
}
