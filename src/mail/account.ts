import { isLoopback } from '../lib/loopback.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import type { AccountSetting, mailSettings } from './settings.ts';

/** The settings of mail by name. */
export type MailValues = ValuesOf<typeof mailSettings>;

/** Where the secret of an account stands. */
export type SecretSource =
  | { kind: 'password'; password: string }
  | { kind: 'env'; name: string }
  | { kind: 'file'; path: string }
  | { kind: 'command' | 'token'; command: string | readonly string[] };

/** A mailbox to watch, as the settings say. */
export interface Account {
  name: string;
  /** `email`, or `email:NAME`. */
  source: string;
  host: string;
  port: number;
  /** `tls` from the first byte, `starttls` before the login, or `plain`. */
  security: 'tls' | 'starttls' | 'plain';
  user: string;
  secret: SecretSource;
  folders: readonly string[];
  authServer: string | null;
  enabled: boolean;
}

type AccountValues = Pick<MailValues, 'mail.url' | 'mail.accounts' | 'mail.tokenCommand'>;

/** The accounts that the settings name, that of `IMAP_URL` first. */
export function accountsOf(
  get: <Key extends keyof AccountValues>(key: Key) => AccountValues[Key],
): Account[] {
  const url = get('mail.url');
  const token = get('mail.tokenCommand');
  const first =
    url === null
      ? []
      : [accountOf({ name: 'default', url, ...(token !== null && { tokenCommand: token }) }, 'email')];
  return [...first, ...get('mail.accounts').map((account) => accountOf(account, `email:${account.name}`))];
}

/** Names a folder of an account to people and programs. */
export function keyOf(account: string, folder: string): string {
  return `${account}/${folder}`;
}

/** What an account's UIDs belong to. */
export function mailboxOf({ host, user }: Pick<Account, 'host' | 'user'>): string {
  return `${user.toLowerCase()}@${host.toLowerCase()}`;
}

/** True for a host that is this machine, where nobody listens in between. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

function accountOf(setting: AccountSetting, source: string): Account {
  const { name, authServer = null, enabled = true } = setting;
  const place = placeOf(setting);
  return {
    name,
    source,
    ...place,
    secret: secretOf(setting, place.password),
    folders: setting.folders ?? [place.folder],
    authServer,
    enabled,
  };
}

function placeOf({ url, host = '', port, tls, user = '' }: AccountSetting) {
  if (url !== undefined) {
    const parsed = new URL(url);
    const isTls = tls ?? parsed.protocol === 'imaps:';
    const named = parsed.hostname.replace(/^\[|\]$/g, '');
    return {
      host: named,
      port: port ?? (parsed.port === '' ? (isTls ? 993 : 143) : Number(parsed.port)),
      security: isTls ? ('tls' as const) : unencrypted(named, tls),
      user: parsed.username === '' ? user : decoded(parsed.username),
      password: decoded(parsed.password),
      folder: decoded(parsed.pathname.replace(/^\/+|\/+$/g, '')) || 'INBOX',
    };
  }
  const isTls = tls ?? port !== 143;
  return {
    host,
    port: port ?? (isTls ? 993 : 143),
    security: isTls ? ('tls' as const) : unencrypted(host, tls),
    user,
    password: '',
    folder: 'INBOX',
  };
}

/** A password crosses no network in the clear, unless the owner says `"tls": false`. */
function unencrypted(host: string, tls: boolean | undefined): 'starttls' | 'plain' {
  return tls === false || isThisMachine(host) ? 'plain' : 'starttls';
}

function secretOf(setting: AccountSetting, inUrl: string): SecretSource {
  const { password, passwordEnv, passwordFile, passwordCommand, tokenCommand } = setting;
  if (tokenCommand !== undefined) return { kind: 'token', command: tokenCommand };
  if (passwordCommand !== undefined) return { kind: 'command', command: passwordCommand };
  if (passwordFile !== undefined) return { kind: 'file', path: passwordFile };
  if (passwordEnv !== undefined) return { kind: 'env', name: passwordEnv };
  return { kind: 'password', password: password ?? inUrl };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
