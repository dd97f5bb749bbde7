/**
 * The parts of a patch by file, in its order. A line of a file is never at the margin of a patch: it stands behind a space, a
 * plus or a minus.
 */
export function splitPatch(patch: string): string[] {
  return patch.split(/(?<=\n)(?=diff --git )/).filter((part) => part !== '');
}
