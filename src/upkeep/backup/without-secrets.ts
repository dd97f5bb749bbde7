/** A config.json without the values of some settings, and which they were; one that is no JSON becomes an empty one. */
export function withoutSecrets(
  text: string,
  isSecret: (key: string) => boolean,
): { text: string; keys: string[] } {
  const keys: string[] = [];
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { text: '{}\n', keys: ['all of it, since it is not JSON'] };
  }
  const walk = (value: unknown, prefix: string): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) => {
      const key = prefix === '' ? name : `${prefix}.${name}`;
      if (!isSecret(key)) return [[name, walk(inner, key)] as const];
      if (inner !== null) keys.push(key);
      return [];
    });
    return Object.fromEntries(entries);
  };
  const cut = walk(root, '');
  return keys.length === 0 ? { text, keys } : { text: `${JSON.stringify(cut, null, 2)}\n`, keys };
}
