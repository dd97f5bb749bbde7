import { close, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { createFlushedFiles } from './flushed-files.ts';

/** The part of Emscripten's file system that is touched here. */
interface EmscriptenStream {
  nfd: number;
  node: { mode: number };
}

interface Attributes {
  mode?: number;
  size?: number;
}

interface EmscriptenFileSystems {
  isDir(mode: number): boolean;
  filesystems: {
    NODEFS: {
      /** The path of the system. */
      realPath(node: unknown): string;
      stream_ops: {
        open: (stream: EmscriptenStream) => void;
        write: (stream: EmscriptenStream, ...what: unknown[]) => number;
        setattr: (stream: EmscriptenStream, attributes: Attributes) => void;
        fsync?: (stream: EmscriptenStream) => number;
      };
      node_ops: {
        setattr: (node: unknown, attributes: Attributes) => unknown;
        unlink: (parent: unknown, name: string) => void;
      };
    };
  };
}

const permissionsOfOthers = 0o077;

/**
 * PGlite's directory on disk, with an fsync that reaches it. Emscripten's NODEFS has none: there Postgres' fsync
 * succeeds and does nothing (electric-sql/pglite#1107), and a power cut could take commits that were acknowledged. Its files
 * are the owner's alone.
 */
export class SyncedNodeFs extends NodeFS {
  /** Times that Postgres has asked for data to be on disk. */
  syncs = 0;
  /** What of its files is on the disk. */
  readonly flushed = createFlushedFiles();

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const mendFiles = (module: { FS: unknown }): void => {
      const files = module.FS as EmscriptenFileSystems;
      keepPrivate(files);
      this.#watchChanges(files);
      freeBeside(files);
      files.filesystems.NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        this.syncs++;
        if (files.isDir(node.mode)) fsyncSync(nfd);
        else this.flushed.flushOnce(nfd, () => fdatasyncSync(nfd));
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [mendFiles, ...(emscriptenOpts.preRun ?? [])] } };
  }

  /** All that changes the content of a file goes through these. */
  #watchChanges({ filesystems: { NODEFS } }: EmscriptenFileSystems): void {
    const { flushed } = this;
    const { stream_ops: streams, node_ops: nodes } = NODEFS;
    const { open, write, setattr } = streams;
    const setattrOfNode = nodes.setattr;
    streams.open = (stream) => {
      open(stream);
      flushed.opened(stream.nfd, NODEFS.realPath(stream.node));
    };
    streams.write = (stream, ...what) => {
      flushed.changes(stream.nfd);
      return write(stream, ...what);
    };
    streams.setattr = (stream, attributes) => {
      if (attributes.size !== undefined) flushed.changes(stream.nfd);
      setattr(stream, attributes);
    };
    nodes.setattr = (node, attributes) => {
      if (attributes.size !== undefined) flushed.forget();
      return setattrOfNode(node, attributes);
    };
  }
}

/** Emscripten gives each file that it makes a mode by an umask of its own, 022, so that the process's does not hold. */
function keepPrivate({ filesystems: { NODEFS } }: EmscriptenFileSystems): void {
  const { setattr } = NODEFS.node_ops;
  NODEFS.node_ops.setattr = (node, attributes) =>
    setattr(
      node,
      attributes.mode === undefined
        ? attributes
        : { ...attributes, mode: attributes.mode & ~permissionsOfOthers },
    );
}

/**
 * The room of a file that is deleted is given free at its last close, and that takes milliseconds for each segment of the log: it is
 * left to a thread, since a checkpoint deletes dozens of them while all statements wait.
 */
function freeBeside({ filesystems: { NODEFS } }: EmscriptenFileSystems): void {
  const { unlink } = NODEFS.node_ops;
  NODEFS.node_ops.unlink = (parent, name) => {
    const held = descriptorOf(join(NODEFS.realPath(parent), name));
    try {
      unlink(parent, name);
    } finally {
      if (held !== undefined) close(held, () => undefined);
    }
  };
}

/** Undefined where it cannot be opened, as where too many are: it is deleted all the same. */
function descriptorOf(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
