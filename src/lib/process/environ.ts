/** The value of variable `name` in the bytes of /proc/<pid>/environ (`NAME=value` entries, each ended by NUL), else undefined. */
export function markerValueIn(environ: Buffer, name: string): string | undefined {
  const key = `${name}=`;
  for (let from = 0; ;) {
    const at = environ.indexOf(key, from);
    if (at < 0) return undefined;
    if (at === 0 || environ[at - 1] === 0) {
      const end = environ.indexOf(0, at);
      return environ.toString('utf8', at + key.length, end < 0 ? environ.length : end);
    }
    from = at + key.length;
  }
}
