/** How a task begins what it says while no word comes from its model; pages and rows know it by that. */
export const quietBeginning = 'no word from the model';

/** True for a task from which no word comes, by what it says it is doing. */
export function isQuiet(progress: string | null): boolean {
  return progress?.startsWith(quietBeginning) === true;
}
