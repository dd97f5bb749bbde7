import { NinjadError } from '../errors.ts';

/** One thing in a tar archive. */
export interface TarEntry {
  /** Relative, with slashes. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  /** Bytes of a file; 0 for the others. */
  size: number;
  /** Permission bits. */
  mode: number;
  /** Seconds since 1970. */
  mtime: number;
  /** Where a symbolic link leads, verbatim. */
  link?: string;
}

/** The archive is not what tar(5) says: it was cut, damaged, or made by somebody else. */
export class TarError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('TAR_DAMAGED', message, options);
  }
}

/** Headers and contents fill whole blocks of this many bytes. */
export const blockBytes = 512;
const maxOctalSize = 8 ** 11 - 1;
const nameBytes = 100;
const typeOf = { file: '0', folder: '5', link: '2' } as const;

/** The two blocks of zeros at the end of an archive. */
export const endOfArchive = Buffer.alloc(2 * blockBytes);

/** The header of an entry (ustar), behind a pax header where its names are long or not ASCII. */
export function headerOf(entry: TarEntry): Buffer {
  const records = paxRecords(entry);
  const header = plainHeader(entry, typeOf[entry.kind]);
  if (records.length === 0) return header;
  const body = Buffer.concat(records);
  const pax = plainHeader(
    { path: 'PaxHeader/entry', kind: 'file', size: body.length, mode: 0o600, mtime: entry.mtime },
    'x',
  );
  return Buffer.concat([pax, body, paddingOf(body.length), header]);
}

/** The zeros that fill the last block of a content. */
export function paddingOf(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

function paxRecords({ path, link = '' }: TarEntry): Buffer[] {
  const records: Buffer[] = [];
  if (!fits(path)) records.push(paxRecord('path', path));
  if (!fits(link)) records.push(paxRecord('linkpath', link));
  return records;
}

function fits(name: string): boolean {
  return /^[\x20-\x7e]*$/.test(name) && name.length <= nameBytes;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function plainHeader({ path, size, mode, mtime, link = '' }: TarEntry, type: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(ascii(path), 0, nameBytes, 'latin1');
  writeOctal(block, mode, 100, 8);
  writeOctal(block, 0, 108, 8);
  writeOctal(block, 0, 116, 8);
  if (size <= maxOctalSize) writeOctal(block, size, 124, 12);
  else writeBinary(block, size);
  writeOctal(block, Math.max(0, Math.floor(mtime)), 136, 12);
  block.write(type, 156, 'latin1');
  block.write(ascii(link), 157, nameBytes, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  writeOctal(block, checksumOf(block), 148, 7);
  block[155] = 0x20;
  return block;
}

/** The name for readers that know no pax. */
function ascii(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_').slice(0, nameBytes);
}

function writeOctal(block: Buffer, value: number, at: number, length: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1');
}

/** As GNU tar does it for sizes of 8 GiB and more. */
function writeBinary(block: Buffer, size: number): void {
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(size), 128);
}

/** The sum of a header's bytes, its own field counted as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** A header as it was read; `type` is tar's letter. */
export interface RawHeader extends Omit<TarEntry, 'kind'> {
  type: string;
}

/** Reads one block; undefined for one of zeros. Throws `TarError` where it is no header. */
export function readHeader(block: Buffer): RawHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (readOctal(block, 148, 8) !== checksumOf(block))
    throw new TarError('a header of the archive is damaged');
  const link = readText(block, 157, nameBytes);
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? readText(block, 345, 155) : '';
  const name = readText(block, 0, nameBytes);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    type: block.toString('latin1', 156, 157),
    size: (block[124] ?? 0) >= 0x80 ? Number(block.readBigUInt64BE(128)) : readOctal(block, 124, 12),
    mode: readOctal(block, 100, 8),
    mtime: readOctal(block, 136, 12),
    ...(link !== '' && { link }),
  };
}

function readOctal(block: Buffer, at: number, length: number): number {
  const text = readText(block, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new TarError('a number in a header of the archive is damaged');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function readText(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end === -1 || end > at + length ? at + length : end);
}

/** The records of a pax header by key. */
export function readPax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = space === -1 ? Number.NaN : Number(body.toString('latin1', at, space));
    if (!Number.isInteger(length) || length < 5 || at + length > body.length)
      throw new TarError('an extended header of the archive is damaged');
    const [, key = '', value = ''] =
      /^([^=]+)=([^]*)\n$/.exec(body.toString('utf8', space + 1, at + length)) ?? [];
    records.set(key, value);
    at += length;
  }
  return records;
}
