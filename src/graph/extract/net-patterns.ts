import { isIP } from 'node:net';
import { parse } from 'tldts';
import type { EntityKind } from './extraction.ts';

/** One word of a sentence; its neighbours in lower case, empty at the sentence's ends. */
export interface WordInContext {
  text: string;
  before: string;
  after: string;
}

/** A kind, and the part of the word that is the name. */
export interface WordMatch {
  kind: EntityKind;
  text: string;
}

const url = /^(?:https?|ftp|wss?):\/\/[^\s/?#]{1,255}(?<path>[^\s?#]*)/i;
const gitRemote = /^(?:ssh:\/\/)?git@[\w.-]+[:/](?<path>[\w.-]+\/[\w.-]+)$/i;
const email = /^(?:mailto:)?(?<address>[a-z0-9][a-z0-9._%+-]{0,63}@(?<domain>[a-z0-9.-]{1,190}))$/i;
const hostName =
  /^(?<name>[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)+)\.?$/i;
const privateSuffix = /\.(?:local|lan|internal|intranet|home|localdomain|home\.arpa|test|corp)$/i;
const forge = /^(?:www\.)?(?:git(?:hub|lab|ea)?\.|codeberg\.|bitbucket\.|forgejo\.)/i;
/** Endings of file names that are top-level domains too. */
const fileEnding = /\.(?:md|py|sh|rs|zip|pl|ps|so|ml|cc|mov|cab|cat)$/i;
const versionWord = /^(?:v|version|release|firmware|kernel)$/;

/** URLs, the addresses of people and machines, full host names, and the names in a git remote. */
export function matchNetName({ text, before }: WordInContext): WordMatch | undefined {
  return (
    matchUrl(text) ?? matchGitRemote(text) ?? matchEmail(text) ?? matchIp(text, before) ?? matchHost(text)
  );
}

/** A link to a repository itself is that repository. */
function matchUrl(text: string): WordMatch | undefined {
  const path = url.exec(text)?.groups?.['path'];
  if (path === undefined || !URL.canParse(text)) return undefined;
  const repository = /^\/(?<name>[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(path)?.groups?.['name'];
  if (repository !== undefined && forge.test(new URL(text).hostname))
    return { kind: 'repository', text: repository };
  return { kind: 'url', text };
}

function matchGitRemote(text: string): WordMatch | undefined {
  const path = gitRemote.exec(text)?.groups?.['path'];
  return path === undefined ? undefined : { kind: 'repository', text: path };
}

function matchEmail(text: string): WordMatch | undefined {
  const { address, domain } = email.exec(text)?.groups ?? {};
  if (address === undefined || domain === undefined || !isDomain(domain)) return undefined;
  return { kind: 'email', text: address };
}

/** `192.0.2.7`, with a port or a prefix length, `2001:db8::1`, `[::1]:80`; not `version 1.2.3.4`. */
function matchIp(text: string, before: string): WordMatch | undefined {
  const bare = text.replace(/\/\d{1,3}$/, '');
  const address = isIP(bare) > 0 ? bare : bare.replace(/^\[?(?<ip>[^\]]+?)\]?:\d{1,5}$/, '$<ip>');
  const family = isIP(address);
  // Every machine has the loopback address, and "::" is more often C++ than an address.
  if (family === 0 || /^(?:127\.|::1?$)/.test(address) || (family === 4 && versionWord.test(before)))
    return undefined;
  return { kind: 'ip', text: address };
}

function matchHost(text: string): WordMatch | undefined {
  const bare = text.replace(/:\d{1,5}$/, '');
  const name = hostName.exec(bare)?.groups?.['name'];
  if (name === undefined || !isDomain(name)) return undefined;
  // "done.So we" lacks a blank; a name of two labels such as setup.sh is a file.
  if (/\.\p{Lu}\p{Ll}+$/u.test(name) || (fileEnding.test(name) && name.split('.').length < 3))
    return undefined;
  return { kind: 'host', text: name };
}

function isDomain(name: string): boolean {
  if (privateSuffix.test(name)) return true;
  const { isIcann, isIp, domain } = parse(name, { detectIp: true });
  return isIcann === true && isIp !== true && domain !== null;
}
