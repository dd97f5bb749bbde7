const maxHeaders = 2_000;

/** The fields of a header block by lower-case name, unfolded, in their order; values as they stand, undecoded. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** Reads the raw header block of a mail. Whatever is no field is passed over; it never throws. */
export function readHeaders(block: Buffer): Headers {
  const headers = new Map<string, string[]>();
  let count = 0;
  let current: string[] | undefined;
  for (const line of block.toString('latin1').split(/\r\n|\n|\r/)) {
    if (line === '') break;
    if (/^[ \t]/.test(line)) {
      if (current !== undefined) current.push(`${current.pop() ?? ''} ${line.trim()}`);
      continue;
    }
    const [, name, value = ''] = /^([!-9;-~]{1,200})[ \t]*:(.*)$/.exec(line) ?? [];
    if (name === undefined || ++count > maxHeaders) {
      current = undefined;
      continue;
    }
    current = headers.get(name.toLowerCase()) ?? [];
    current.push(value.trim());
    headers.set(name.toLowerCase(), current);
  }
  return headers;
}

/** The first field of a name. */
export function headerOf(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.[0];
}
