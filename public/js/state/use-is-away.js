import { connection } from '../link/connection.js';
import { clock } from './clock.js';
import { useStore } from './use-store.js';

/** A line that breaks and is back within so long has told nobody anything. */
const silentMs = 3_000;

/** Whether the daemon has not answered for longer than a hiccup. @returns {boolean} */
export function useIsAway() {
  const line = useStore(connection, (state) => state);
  return useStore(clock, ({ now }) => !line.connected && now - line.since >= silentMs);
}
