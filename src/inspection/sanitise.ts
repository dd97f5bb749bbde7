/** How much of a value is shown. */
const maxDepth = 5;
const maxEntries = 30;
const maxChars = 500;
const maxNodes = 1_000;

const secretName = /token|secret|passw|authorization|cookie|credential|api_?key|private_?key/i;

/** What people and strangers wrote, and what agents answered: shown where it belongs, not in the insides of actors. */
const payloadName =
  /^(?:prompt|payload|lines?|text|sample|reply|content|memories|messages?|transcript|stdin|stdout|stderr)$/i;

/**
 * A value as data that may be shown: cut in depth, length and size, with secrets taken out by name, by form (passwords of
 * addresses) and by value (`secrets`), and of payloads only how long they are. Runs no code of the value: getters are not
 * called.
 */
export function sanitised(value: unknown, secrets: readonly string[] = []): unknown {
  const known = secrets.filter((secret) => secret.length >= 6);
  let nodes = 0;
  const seen = new Set<object>();

  function text(given: string): string {
    let shown = given.length > maxChars ? `${given.slice(0, maxChars)}…` : given;
    for (const secret of known) shown = shown.replaceAll(secret, '***');
    return shown.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, '$1:***@');
  }

  function visit(given: unknown, depth: number): unknown {
    nodes += 1;
    if (nodes > maxNodes) return '…';
    if (typeof given === 'string') return text(given);
    if (typeof given === 'number') return Number.isFinite(given) ? given : String(given);
    if (typeof given === 'boolean' || given === null) return given;
    if (typeof given === 'object') return object(given, depth);
    if (typeof given === 'function') return 'ƒ';
    return typeof given === 'symbol' || typeof given === 'bigint' ? String(given) : undefined;
  }

  function object(given: object, depth: number): unknown {
    if (seen.has(given)) return '(seen above)';
    if (given instanceof Date) return Number.isNaN(given.getTime()) ? 'no date' : given.toISOString();
    if (given instanceof Error) return text(`${given.name}: ${given.message}`);
    if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return `${given.byteLength} bytes`;
    if (isActor(given)) return `actor ${given.id}`;
    if (depth >= maxDepth) return Array.isArray(given) ? `[${given.length}]` : '{…}';
    seen.add(given);
    try {
      if (Array.isArray(given)) return list(given as unknown[], given.length, depth);
      if (given instanceof Set) return list([...take(given)], given.size, depth);
      if (given instanceof Map) return record(take(given), given.size, depth);
      return record(ownData(given), Object.keys(given).length, depth);
    } finally {
      seen.delete(given);
    }
  }

  function list(items: readonly unknown[], length: number, depth: number): unknown[] {
    const shown = items.slice(0, maxEntries).map((item) => visit(item, depth + 1));
    return length > maxEntries ? [...shown, `… ${length - maxEntries} more`] : shown;
  }

  function record(entries: Iterable<[unknown, unknown]>, length: number, depth: number): object {
    const shown: Array<[string, unknown]> = [];
    for (const [key, item] of entries) {
      if (shown.length === maxEntries) {
        shown.push(['…', `${length - maxEntries} more`]);
        break;
      }
      const name = text(String(key));
      const isThere = item !== undefined && item !== null;
      if (isThere && secretName.test(name)) shown.push([name, '***']);
      else if (isThere && payloadName.test(name)) shown.push([name, sizeOf(item)]);
      else shown.push([name, visit(item, depth + 1)]);
    }
    return Object.fromEntries(shown);
  }

  return visit(value, 0);
}

function sizeOf(payload: unknown): unknown {
  if (typeof payload === 'string') return `(${payload.length} characters)`;
  if (Array.isArray(payload)) return `[${payload.length}]`;
  return typeof payload === 'object' ? '{…}' : payload;
}

function* take<Item>(items: Iterable<Item>): Generator<Item> {
  let left = maxEntries + 1;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

function* ownData(given: object): Generator<[string, unknown]> {
  for (const key of Object.keys(given)) {
    const property = Object.getOwnPropertyDescriptor(given, key);
    yield [key, property !== undefined && 'value' in property ? property.value : '(computed)'];
  }
}

/** An XState actor: it holds the whole system, which nobody wants to read. */
function isActor(given: object): given is { id: string } {
  return 'id' in given && 'sessionId' in given && typeof given.id === 'string';
}

/** The values of an environment that are secrets by their name, and the passwords in its addresses. */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    if (secretName.test(name) || /(^|_)key$/i.test(name)) return [value];
    const { password } = URL.canParse(value) ? new URL(value) : { password: '' };
    return password === '' ? [] : [password, decodeURIComponent(password)];
  });
}
