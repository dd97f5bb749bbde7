import { useNews, useTopic } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { appended } from '../../state/bounded.js';
import { useRef, useState } from '../../view.js';
import { withChange } from './outline.js';

const mostTransitions = 500;

/**
 * The live tree and its last transitions. While it is paused nothing moves; what came meanwhile is taken in at once
 * when it goes on, bounded like the rest.
 * @param {boolean} paused
 */
export function useTree(paused) {
  const resource = useResource('tree.get', {});
  const [happened, setHappened] = useState(
    /** @type {{ transitions: readonly import('../../../../src/lib/dashboard/protocol/tree.ts').Transition[], omitted: number }} */ ({
      transitions: [],
      omitted: 0,
    }),
  );
  const held = useRef(/** @type {import('./outline.js').TreeChange[]} */ ([]));
  const take = (/** @type {readonly import('./outline.js').TreeChange[]} */ changes) => {
    resource.update((tree) => ({
      ...tree,
      actors: [...changes.reduce(withChange, /** @type {any} */ (tree.actors))],
    }));
    setHappened(({ transitions, omitted }) => ({
      transitions: appended(
        transitions,
        changes.flatMap((change) => change.transitions),
        mostTransitions,
      ),
      omitted: omitted + changes.reduce((sum, change) => sum + change.omitted, 0),
    }));
  };
  useTopic('tree');
  useNews('tree', (change) => {
    if (paused) {
      held.current = [...held.current, change].slice(-100);
      return;
    }
    const changes = [...held.current, change];
    held.current = [];
    take(changes);
  });
  return { ...resource, ...happened };
}
