import { fdatasyncSync, fsyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system that is touched here. */
interface EmscriptenStream {
  nfd: number;
  node: { mode: number };
}

interface EmscriptenFileSystems {
  isDir(mode: number): boolean;
  filesystems: { NODEFS: { stream_ops: { fsync?: (stream: EmscriptenStream) => number } } };
}

/**
 * PGlite's directory on disk, with an fsync that reaches it. Emscripten's NODEFS has none: there Postgres' fsync
 * succeeds and does nothing (electric-sql/pglite#1107), and a power cut could take commits that were acknowledged.
 */
export class SyncedNodeFs extends NodeFS {
  /** How many times Postgres has asked for data to be on disk. */
  syncs = 0;

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: { FS: unknown }): void => {
      const files = module.FS as EmscriptenFileSystems;
      files.filesystems.NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        this.syncs++;
        if (files.isDir(node.mode)) fsyncSync(nfd);
        else fdatasyncSync(nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [addFsync, ...(emscriptenOpts.preRun ?? [])] } };
  }
}
