/** A part of the tree, as far as its restarts go. */
export interface RestartedPart {
  restarts: number;
  children?: readonly RestartedPart[] | undefined;
}

/** The restarts of all parts of the tree since the start. */
export interface RestartCount {
  read: () => number;
  /** Says where to look; before that there are none. */
  watch(tree: () => readonly RestartedPart[]): void;
}

/** See `RestartCount`. */
export function createRestartCount(): RestartCount {
  let look: () => readonly RestartedPart[] = () => [];
  return {
    read: () => sum(look()),
    watch(tree) {
      look = tree;
    },
  };
}

function sum(parts: readonly RestartedPart[]): number {
  return parts.reduce((total, { restarts, children = [] }) => total + restarts + sum(children), 0);
}
