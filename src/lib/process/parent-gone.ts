/**
 * Calls `then` once the process that has started this one is gone, for a child with an IPC channel: the kernel closes the
 * channel however the parent ends. A parent that has gone before anybody listened is told too: Node has said
 * `disconnect` by then, and says it once. To listen keeps this process alive; what is returned ends that.
 */
export function onParentGone(then: () => void): () => void {
  const forget = (): void => void process.off('disconnect', then);
  process.once('disconnect', then);
  // Undefined in a process that never had a channel.
  if ((process.connected as boolean | undefined) === false) {
    forget();
    then();
  }
  return forget;
}
