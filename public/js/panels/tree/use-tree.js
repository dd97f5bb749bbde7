import { useNews, useTopic } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { appended } from '../../state/bounded.js';
import { useEffect, useRef, useState } from '../../view.js';
import { withChange } from './outline.js';

const mostTransitions = 500;

/** @typedef {{ transitions: readonly import('../../../../src/inspection/tree-view.ts').Transition[], omitted: number }} Happened */

/** @type {Happened} */
const nothing = { transitions: [], omitted: 0 };

/**
 * The live tree and its last transitions. While it is paused nothing moves; when it goes on, the newest of what passed
 * meanwhile is shown and the tree asked for anew.
 * @param {boolean} paused
 */
export function useTree(paused) {
  const { update, reload, ...resource } = useResource('tree.get', {});
  const [happened, setHappened] = useState(nothing);
  const held = useRef(nothing);
  useTopic('tree');
  useNews('tree', (change) => {
    if (paused) {
      held.current = joined(held.current, change);
      return;
    }
    update((tree) => ({ ...tree, actors: [...withChange(tree.actors, change)] }));
    setHappened((before) => joined(before, change));
  });
  useEffect(() => {
    if (paused || held.current === nothing) return;
    const passed = held.current;
    held.current = nothing;
    setHappened((before) => joined(before, passed));
    reload();
  }, [paused]);
  return { ...resource, reload, ...happened };
}

/** @param {Happened} before @param {Happened} more @returns {Happened} */
function joined(before, more) {
  return {
    transitions: appended(before.transitions, more.transitions, mostTransitions),
    omitted: before.omitted + more.omitted,
  };
}
