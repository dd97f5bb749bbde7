import { UsageError } from '../errors.ts';
import { unstorable } from '../store/storable.ts';

/**
 * Throws a `UsageError` that names the field where an input of any shape holds a text, or a name of a field, that Postgres
 * cannot keep. A walk and no recursion: how deep an input goes is for its sender to say.
 */
export function refuseUnstorable(input: unknown): void {
  const left: { value: unknown; path: string }[] = [{ value: input, path: '' }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') refuse(value, path);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      refuse(name, path);
      left.push({ value: inner, path: path === '' ? name : `${path}.${name}` });
    }
  }
}

function refuse(text: string, path: string): void {
  const found = unstorable.exec(text)?.[0];
  if (found === undefined) return;
  const what = found === '\0' ? 'a NUL character' : 'half of a character (a lone surrogate)';
  const where = path === '' ? '' : `${path.slice(0, 200)}: `;
  throw new UsageError(`${where}it holds ${what} at position ${text.indexOf(found)}, which cannot be kept`);
}
