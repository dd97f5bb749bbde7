import type { Figure } from './figure.ts';

/** The comparisons within a run; one is left out where either side of it was not measured. */
export function ratiosOf(figures: readonly Figure[]): Figure[] {
  const value = (id: string): number | undefined => figures.find((figure) => figure.id === id)?.value;
  const ratio = (id: string, what: string, above: string, below: string, target?: number): Figure[] => {
    const [numerator, denominator] = [value(above), value(below)];
    if (numerator === undefined || denominator === undefined) return [];
    const figure: Figure = { id, what, value: numerator / denominator, unit: '×' };
    return [target === undefined ? figure : { ...figure, target: { sense: '>=', value: target } }];
  };
  return [
    ...ratio(
      'accepted.over-lines',
      'accepted durably over asyncio (readline), 8 writers',
      'accepted.8',
      'reference.lines',
      3,
    ),
    ...ratio(
      'accepted.over-chunks',
      'accepted durably over asyncio (256 KiB reads), 8 writers',
      'accepted.8',
      'reference.chunks',
    ),
    ...ratio(
      'actor.left-of-never',
      'an actor whose watcher has left over one that nobody ever watched',
      'actor.left',
      'actor.never',
      0.9,
    ),
    ...ratio(
      'actor.watched-of-never',
      'an actor that is watched over one that never was',
      'actor.watched',
      'actor.never',
    ),
    ...ratio(
      'watching.tree-of-nobody',
      'recorded with the tree watched over nobody at the dashboard',
      'watching.tree',
      'watching.nobody',
      0.8,
    ),
    ...ratio(
      'watching.everything-of-nobody',
      'recorded with all feeds watched over nobody at the dashboard',
      'watching.everything',
      'watching.nobody',
      0.7,
    ),
    ...ratio('accepted.of-bare', 'accepted durably over the bare pipe, 8 writers', 'accepted.8', 'bare'),
  ];
}
