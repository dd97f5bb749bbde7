import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedPath } from '../../lib/process/fixed-path.ts';

/**
 * The whole configuration of git: nothing of this machine's or the owner's, no hooks, no filters, no attributes of elsewhere,
 * no helpers that run, no submodules, no protocol but files. Filters need a configuration to exist, so those that a repository
 * names in its attributes do nothing.
 */
const configuration = `[core]
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	fsmonitor = false
	untrackedCache = false
	autocrlf = false
	symlinks = true
	quotePath = true
	pager = cat
	editor = false
	sshCommand = false
	bigFileThreshold = 50m
[init]
	templateDir =
	defaultBranch = main
[safe]
	directory = *
[protocol]
	allow = never
[protocol "file"]
	allow = always
[submodule]
	recurse = false
[fetch]
	recurseSubmodules = false
[filter "lfs"]
	clean =
	smudge =
	process =
	required = false
[credential]
	helper =
[commit]
	gpgSign = false
[gc]
	auto = 0
	autoDetach = false
[maintenance]
	auto = false
[diff]
	renames = false
	noprefix = false
	mnemonicPrefix = false
	external =
	submodule = short
[advice]
	detachedHead = false
[user]
	name = ninjad
	email = ninjad@localhost
`;

/** Writes git's configuration into a folder of ours, and returns the environment that makes it the only one. */
export function hardenedGit(folder: string): Record<string, string> {
  const path = join(folder, 'gitconfig');
  const home = join(folder, 'git-home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(path, configuration, { mode: 0o600 });
  return { ...gitEnvironment(path), HOME: home, PATH: fixedPath };
}

/** The same for a git inside of the sandbox, with the configuration shown at `path`. */
export function gitEnvironment(path: string): Record<string, string> {
  return {
    GIT_CONFIG_GLOBAL: path,
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: 'file',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
  };
}
