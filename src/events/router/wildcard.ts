/**
 * True when the whole of `text` fits `pattern`, in which `*` stands for any run of characters and `?` for one.
 * Case matters. Needs at most pattern × text steps and no memory, so that no pattern can be catastrophic.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const expected = pattern[patternAt];
    if (expected === '*') {
      starAt = patternAt++;
      resumeAt = at;
    } else if (expected === '?' || expected === text[at]) {
      patternAt += 1;
      at += 1;
    } else if (starAt !== -1) {
      patternAt = starAt + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
