import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { launchedAs } from '../../../lib/launched-as.ts';
import { withImports, withPreloads } from './page-source.ts';
import { asModule, vendorNames, vendorPath } from './vendor.ts';

/** What stands at an address, ready to be sent. */
export interface Asset {
  body: Buffer;
  brotli: Buffer;
  /** The hash of the body; weak, since it is the same for each encoding. */
  etag: string;
}

/** Resolves to what stands at an address such as `/css/all.css`, or to undefined; the list of addresses is closed. */
export type FindAsset = (address: string) => Promise<Asset | undefined>;

/**
 * The files below `root` and the libraries under `/vendor/`, read and compressed when they are first asked for and again
 * when one has changed. A page comes with its preloads and with how `ninjad` was started, a stylesheet with its imports.
 */
export function createAssets(root: string, command = launchedAs()): FindAsset {
  const paths = new Map([
    ...readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        return [`/${relative(root, path).split(sep).join('/')}`, path];
      }),
    ...vendorNames().map((name): [string, string] => [`${vendorFolder}${name}`, String(vendorPath(name))]),
  ]);
  const made = new Map<string, Made>();

  return async (address) => {
    if (!paths.has(address)) return undefined;
    const before = made.get(address);
    if (before !== undefined && (await isCurrent(before.stamps))) return before.asset;
    const now = await make(address, paths, command);
    made.set(address, now);
    return now.asset;
  };
}

const vendorFolder = '/vendor/';

interface Made {
  asset: Asset;
  /** Of each file that went into it: its path, and when it was changed. */
  stamps: ReadonlyMap<string, string>;
}

async function make(address: string, paths: ReadonlyMap<string, string>, command: string): Promise<Made> {
  const stamps = new Map<string, string>();
  const readBytes = async (path: string): Promise<Buffer> => {
    stamps.set(path, await stampOf(path));
    return readFile(path);
  };
  const read = async (other: string): Promise<string | undefined> => {
    const path = paths.get(other);
    return path === undefined ? undefined : (await readBytes(path)).toString('utf8');
  };
  const bytes = await readBytes(paths.get(address) ?? address);
  const body = address.endsWith('.html')
    ? Buffer.from(namingCommand(await withPreloads(bytes.toString('utf8'), read), command))
    : address.endsWith('.css')
      ? Buffer.from(await withImports(address, bytes.toString('utf8'), read))
      : address.startsWith(vendorFolder)
        ? Buffer.from(asModule(address.slice(vendorFolder.length), bytes.toString('utf8')))
        : bytes;
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  return { asset: { body, brotli: await compress(body), etag }, stamps };
}

/** What is to be typed in a shell is named on the page as the daemon was started. */
function namingCommand(page: string, command: string): string {
  return page.replace('<html ', `<html data-command="${command}" `);
}

async function isCurrent(stamps: ReadonlyMap<string, string>): Promise<boolean> {
  const same = await Promise.all(
    [...stamps].map(async ([path, stamp]) => (await stampOf(path).catch(() => 'gone')) === stamp),
  );
  return !same.includes(false);
}

async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${mtimeMs}/${size}`;
}

/** Once for each file, so it may take a little longer than a stream would: 9 of 11. */
const quality = 9;

function compress(body: Buffer): Promise<Buffer> {
  return promisify(brotliCompress)(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
}
