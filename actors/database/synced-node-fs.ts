import { fdatasyncSync, fsyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system that is touched here. */
interface EmscriptenStream {
  nfd: number;
  node: { mode: number };
}

interface EmscriptenFileSystems {
  isDir(mode: number): boolean;
  filesystems: {
    NODEFS: {
      stream_ops: { fsync?: (stream: EmscriptenStream) => number };
      node_ops: { setattr: (node: unknown, attributes: { mode?: number }) => unknown };
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

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const mendFiles = (module: { FS: unknown }): void => {
      const files = module.FS as EmscriptenFileSystems;
      keepPrivate(files);
      files.filesystems.NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        this.syncs++;
        if (files.isDir(node.mode)) fsyncSync(nfd);
        else fdatasyncSync(nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [mendFiles, ...(emscriptenOpts.preRun ?? [])] } };
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
