import { existsSync, readFileSync } from 'node:fs';

/** Why nothing can be drafted here, and what the owner may do about it. */
export interface Blocked {
  reason: string;
  fix: string;
}

/** What of this machine tells one layer from another. */
export interface Surroundings {
  platform: NodeJS.Platform;
  /** Inside of a container, as far as that shows. */
  container: boolean;
  /** A seccomp filter is on us: the container's, since Linux itself has none. */
  seccomp: boolean;
  /** Ubuntu's switch: AppArmor refuses user namespaces to programs without a profile. */
  apparmorRestricts: boolean;
  /** Debian's switch: user namespaces are root's alone. */
  clonesRefused: boolean;
  /** Limit of user namespaces; null where it cannot be read. */
  maxNamespaces: number | null;
}

/** Looks at this machine. Reads files of /proc only. */
export function readSurroundings(platform: NodeJS.Platform = process.platform): Surroundings {
  const max = readNumber('/proc/sys/user/max_user_namespaces');
  return {
    platform,
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    seccomp: /^Seccomp:\s*[12]$/m.test(readText('/proc/self/status')),
    apparmorRestricts: readNumber('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1,
    clonesRefused: readNumber('/proc/sys/kernel/unprivileged_userns_clone') === 0,
    maxNamespaces: max,
  };
}

const installFix = 'install bubblewrap (Debian and Ubuntu: apt install bubblewrap)';
const apparmorFix =
  "let AppArmor know bubblewrap by Ubuntu's own profile: apt install apparmor-profiles, then " +
  'ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ and ' +
  'apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict';
const seccompFix =
  'run the container with a seccomp profile that allows user namespaces (docker run --security-opt seccomp=unconfined); ' +
  "docker's AppArmor may be the next to refuse (--security-opt apparmor=unconfined)";
const dockerApparmorFix =
  "run the container without docker's AppArmor profile (docker run --security-opt apparmor=unconfined)";
const maskedProcFix =
  'let the container see its whole /proc (docker run --security-opt systempaths=unconfined, podman --security-opt unmask=ALL)';

/** Drafting is off where there can be no sandbox at all: undefined where there can. */
export function blockedByPlatform(platform: NodeJS.Platform): Blocked | undefined {
  if (platform === 'linux') return undefined;
  const name = platform === 'darwin' ? 'macOS' : platform;
  return {
    reason: `drafting is off on ${name}: it is done only inside of bubblewrap, which is for Linux`,
    fix: 'run the daemon that drafts on Linux',
  };
}

/** bubblewrap is not there, or cannot be started. */
export function blockedByAbsence(detail?: string): Blocked {
  return {
    reason:
      detail === undefined
        ? 'there is no bubblewrap (bwrap) on the PATH'
        : `bubblewrap cannot be run: ${detail}`,
    fix: installFix,
  };
}

/**
 * What stood in the way of bubblewrap, by its own words, each layer told apart: a container's seccomp hides its AppArmor, and
 * shows first. Undefined where it was not bubblewrap that failed.
 */
export function blockedByWords(stderr: string, around: Surroundings): Blocked | undefined {
  const said = /^bwrap: (.*)$/m.exec(stderr)?.[1]?.trim();
  if (said === undefined) return undefined;
  const quoted = `bubblewrap says "${said.slice(0, 200)}"`;
  const found = layers(around).find(({ says }) => says.test(said));
  if (found === undefined)
    return {
      reason: `the sandbox cannot be made: ${quoted}`,
      fix: 'try  bwrap --unshare-all --ro-bind / / true  as the user of the daemon, and see what this machine forbids',
    };
  return { reason: `${found.layer} (${quoted})`, fix: found.fix };
}

interface Layer {
  says: RegExp;
  layer: string;
  fix: string;
}

function layers(around: Surroundings): Layer[] {
  return [
    {
      says: /RTM_NEWADDR|loopback: .*not permitted|setting up uid map: Permission denied|uid_map.*Permission denied/i,
      layer: 'AppArmor of this machine forbids user namespaces to bubblewrap',
      fix: apparmorFix,
    },
    {
      says: /Failed to make \/ slave|make \/ slave/i,
      layer: "docker's AppArmor profile forbids mounts",
      fix: dockerApparmorFix,
    },
    {
      says: /pivot_root/i,
      layer: "the container's seccomp filter forbids pivot_root",
      fix: seccompFix,
    },
    {
      says: /mount proc on|mounting proc/i,
      layer: 'the container hides parts of /proc, so no /proc of its own can be mounted',
      fix: maskedProcFix,
    },
    {
      says: /No permissions? to create (?:a )?new namespace|Creating new namespace failed|unshare failed/i,
      ...whoRefusesNamespaces(around),
    },
  ];
}

function whoRefusesNamespaces(around: Surroundings): Omit<Layer, 'says'> {
  if (around.apparmorRestricts)
    return { layer: 'AppArmor of this machine forbids user namespaces to bubblewrap', fix: apparmorFix };
  if (around.clonesRefused)
    return {
      layer: 'the kernel allows user namespaces to root only',
      fix: 'allow them: sysctl kernel.unprivileged_userns_clone=1',
    };
  if (around.maxNamespaces === 0)
    return {
      layer: 'the kernel allows no user namespaces',
      fix: 'allow some: sysctl user.max_user_namespaces=15000',
    };
  if (around.seccomp || around.container)
    return { layer: "the container's seccomp filter forbids new namespaces", fix: seccompFix };
  return {
    layer: 'this machine forbids new namespaces',
    fix: 'see kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns by sysctl',
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readNumber(path: string): number | null {
  const text = readText(path).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}
