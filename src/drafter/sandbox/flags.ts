/** A place of this machine, and where it stands inside of the sandbox. */
export interface Bind {
  from: string;
  to: string;
}

/** All that a sandbox shows of this machine; what is not named is not there. */
export interface SandboxView {
  readOnly: readonly Bind[];
  writable: readonly Bind[];
  /** Links of the system itself, such as /bin to usr/bin. */
  links: readonly { at: string; target: string }[];
  /** Working directory inside. */
  cwd: string;
}

/** One thing that the sandbox is made of, so that a test can leave out each. */
export interface SandboxFlag {
  name: string;
  args: readonly string[];
}

/** User and group inside: neither root nor, for certain, the owner. */
export const insideId = 1000;

/**
 * The flags of bubblewrap, in their order. Namespaces of their own for users, processes, network, IPC, host name and cgroups;
 * a file system that holds the view and nothing else, with a root that cannot be written to; no capabilities; a session of
 * its own, so that no terminal can be typed into; and an end together with the process that has started it.
 */
export function sandboxFlags({ readOnly, writable, links, cwd }: SandboxView): SandboxFlag[] {
  return [
    { name: 'user', args: ['--unshare-user', '--uid', String(insideId), '--gid', String(insideId)] },
    { name: 'pid', args: ['--unshare-pid'] },
    { name: 'net', args: ['--unshare-net'] },
    { name: 'ipc', args: ['--unshare-ipc'] },
    { name: 'uts', args: ['--unshare-uts'] },
    { name: 'cgroup', args: ['--unshare-cgroup-try'] },
    { name: 'capabilities', args: ['--cap-drop', 'ALL'] },
    { name: 'die-with-parent', args: ['--die-with-parent'] },
    { name: 'new-session', args: ['--new-session'] },
    { name: 'links', args: links.flatMap(({ at, target }) => ['--symlink', target, at]) },
    { name: 'proc', args: ['--proc', '/proc'] },
    { name: 'dev', args: ['--dev', '/dev'] },
    // First, so that a program below /tmp, such as one of a test, can still be shown.
    ...writable.map(({ from, to }) => ({ name: `own ${to}`, args: ['--bind', from, to] })),
    { name: 'system', args: readOnly.flatMap(({ from, to }) => ['--ro-bind', from, to]) },
    { name: 'read-only-root', args: ['--remount-ro', '/'] },
    { name: 'working-directory', args: ['--chdir', cwd] },
  ];
}
