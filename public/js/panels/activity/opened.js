import { go, place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';

/**
 * Which line of a view of Activity is open, by the address, so that it can be linked to and left by Back.
 * @param {string} view
 * @returns {{ opened: number | null, open: (id: number) => void, close: () => void }}
 */
export function useOpened(view) {
  const { rest, query } = useStore(place, (state) => state);
  const id = rest[0] === view ? Number(rest[1]) : Number.NaN;
  return {
    opened: Number.isSafeInteger(id) && id > 0 ? id : null,
    open: (next) => go('activity', [view, next], query),
    close: () => {
      const now = place.get();
      // Who has gone on to another place is there already.
      if (now.panel === 'activity' && now.rest[0] === view && now.rest[1] === String(id))
        replaceAddress('activity', [view], now.query);
    },
  };
}
