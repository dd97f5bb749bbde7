/** Where to look for an agent, under full control of the caller. */
export interface AgentSurroundings {
  /** The owner's home directory (not NINJAD_HOME). */
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Folders outside the home that installers use. */
  systemFolders?: readonly string[];
  /** The node that runs us; npm's global folder is beside it. */
  nodePath?: string;
}

/** How a CLI is found on the machine. */
export interface CliProgram {
  /** The name of its program on PATH and where installers put it. */
  name: string;
  /** Folders besides those of every CLI that installers of this one use. */
  folders?(surroundings: AgentSurroundings): string[];
  /** How long it may take to tell its version, in milliseconds: on a busy machine several times what it takes on a free one. Default: 5 s. */
  versionMs?: number;
  /** The program behind a launcher that was found: to run it itself saves a process. Default: what was found. */
  behind?(path: string): string;
  /** Installs it, as a command for people. */
  install: string;
  /** Logs it in, as a command for people. */
  login: string;
}
