import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A unit as systemd reads it: the file and its drop-ins, the last word of each name. */
export interface ReadUnit {
  file: string;
  /** The last value of a name in any section; an empty one counts as not set. */
  value: (name: string) => string | undefined;
  /** All values of a name that may be repeated, such as Environment. */
  values: (name: string) => string[];
}

/** Reads the unit at a path with its drop-ins (`….d/*.conf`, in the order of their names); undefined where there is none. */
export function readUnit(file: string): ReadUnit | undefined {
  if (!existsSync(file)) return undefined;
  const folder = `${file}.d`;
  const dropIns = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.conf'))
        .sort()
    : [];
  const lines = [file, ...dropIns.map((name) => join(folder, name))].flatMap((path) =>
    readFileSync(path, 'utf8')
      .replaceAll(/\\\r?\n/g, ' ')
      .split('\n'),
  );
  const values = (name: string): string[] => {
    let found: string[] = [];
    for (const line of lines) {
      const [, key, value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      // An empty value takes all before it back.
      if (key === name) found = value === '' ? [] : [...found, value];
    }
    return found;
  };
  return { file, value: (name) => values(name).at(-1), values };
}

/** The words of a command line of a unit, with its quotes and escapes taken off. */
export function unitWords(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, bare = '']) =>
    (quoted ?? bare).replaceAll(/\\(.)/g, '$1').replaceAll('%%', '%').replaceAll('$$', '$'),
  );
}

const unitMs: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  sec: 1000,
  ms: 1,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
};

/** A span of time as systemd writes it (`95`, `1min 30s`, `infinity`), in milliseconds; undefined for anything else. */
export function unitSpanMs(text: string): number | undefined {
  if (text === 'infinity') return Infinity;
  let total = 0;
  let rest = text.trim();
  while (rest !== '') {
    const [all = '', number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)\s*/.exec(rest) ?? [];
    const ms = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined;
    if (number === undefined || ms === undefined) return undefined;
    total += Number(number) * ms;
    rest = rest.slice(all.length);
  }
  return total;
}
