import type { SecretRule } from './rule.ts';

/** What stands between a program's name and its option, within one command. */
const between = '[^\\n|;&]{0,300}?[ \\t]';

const value =
  '(?:"(?<quoted>[^"\\n]{1,300})"|\'(?<single>[^\'\\n]{1,300})\'|(?<secret>[^\\s"\'`|;&]{3,300}))';

/** Programs that take a password behind an option, as regular expressions of both. */
const options: readonly { program: string; option: string }[] = [
  // -p with a blank asks for the password, and what follows is a database.
  { program: '(?:mysql|mariadb)[\\w-]{0,20}', option: '-p' },
  { program: '(?:7z[ar]?|(?:un)?rar)', option: '-p' },
  { program: 'sshpass', option: '-p[ \\t]{0,3}' },
  { program: 'redis-cli', option: '(?:-a|--pass)[ \\t]{1,3}' },
  { program: 'ldap(?:add|compare|delete|modify|passwd|search|whoami)', option: '-w[ \\t]{1,3}' },
  { program: 'zip', option: '(?:-P|--password)[ \\t]{1,3}' },
  {
    program: '(?:docker|podman|helm|az|oc|skopeo|buildah)',
    option: 'login\\b[^\\n|;&]{0,300}?[ \\t]-p[ \\t]{1,3}',
  },
  { program: 'curl', option: '(?:-[uU]|--(?:proxy-)?user)[ \\t=]{0,3}["\']?[^\\s:"\']{1,100}:' },
  {
    program: '(?:smbclient|rpcclient|smbget|net)',
    option: '(?:-U|--user)[ \\t=]{0,3}["\']?[^\\s%"\']{1,100}%',
  },
];

/**
 * Passwords in command lines and in the environment of a command, as people paste them with the command that failed. A value
 * that the shell fills in (`$PASSWORD`, `$(pass show x)`) is none.
 */
export const commandRules: readonly SecretRule[] = [
  ...options.map(({ program, option }) => ({
    what: 'password',
    pattern: new RegExp(`(?<![\\w-])${program}(?![\\w-])${between}${option}${value}`, 'dgu'),
    holds: isLiteral,
  })),
  {
    what: 'password',
    pattern: /(?<![\w-])pass:(?<secret>[^\s"'`|;&]{3,300})/dgu,
    holds: isLiteral,
  },
  {
    what: 'secret',
    pattern: new RegExp(
      `(?<![\\w$])[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|PASSPHRASE|PASS|_PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)=${value}`,
      'dgu',
    ),
    holds: (secret) => isLiteral(secret) && !/^[./~]/.test(secret),
  },
];

function isLiteral(secret: string): boolean {
  return !/^[$<%{]/.test(secret) && !/^\*+$/.test(secret);
}
