import { z } from 'zod';
import { isAbsolute } from 'node:path';
import type { Misfit } from '../lib/config/schema.ts';
import { type Kind, milliseconds, orNull, setting } from '../lib/config/setting.ts';

/** Most folders of one account: each has a connection of its own, and providers allow few. */
const maxFolders = 3;
const maxAccounts = 20;

const mailUrl = z
  .string()
  .max(2_000)
  .refine((text) => /^imaps?:\/\//i.test(text) && URL.canParse(text) && new URL(text).hostname !== '');

const program = z.union([
  z.string().min(1).max(10_000),
  z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly(),
]);
const folder = z.string().regex(/^[^\p{C}]{1,200}$/u, 'expected the name of a folder on one line');

const accountSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'expected letters, digits and ._-, 40 at most')
      .refine((name) => name !== 'default', 'the account of IMAP_URL is called default'),
    url: mailUrl.optional(),
    host: z.string().min(1).max(253).optional(),
    port: z.int().min(1).max(65_535).optional(),
    /** True = TLS from the first byte, false = none; left out = TLS, or STARTTLS on port 143. */
    tls: z.boolean().optional(),
    user: z.string().min(1).max(320).optional(),
    password: z.string().min(1).max(10_000).optional(),
    passwordEnv: z.string().min(1).max(200).optional(),
    passwordFile: z.string().max(4_096).refine(isAbsolute, 'expected an absolute path').optional(),
    passwordCommand: program.optional(),
    /** Prints an XOAUTH2 token; run at each connect. */
    tokenCommand: program.optional(),
    folders: z
      .array(folder)
      .min(1)
      .max(maxFolders, `expected at most ${maxFolders} folders, each of which takes a connection`)
      .refine((names) => new Set(names).size === names.length, 'a folder is named twice')
      .readonly()
      .optional(),
    /** The authserv-id of your own provider: the only one whose Authentication-Results count. */
    authServer: z.string().min(1).max(253).optional(),
    enabled: z.boolean().optional(),
  })
  .refine(
    ({ url, host }) => (url === undefined) !== (host === undefined),
    'expected either url, or host with user',
  )
  .refine(({ url, user }) => url !== undefined || user !== undefined, 'expected user beside host');

/** An account as `mail.accounts` has it. */
export type AccountSetting = z.output<typeof accountSchema>;

const accountList: Kind<z.ZodType<readonly AccountSetting[], readonly AccountSetting[]>> = {
  schema: z
    .array(accountSchema)
    .max(maxAccounts)
    .refine(
      (accounts) => new Set(accounts.map(({ name }) => name.toLowerCase())).size === accounts.length,
      'two accounts have the same name',
    )
    .readonly(),
  expects: `up to ${maxAccounts} accounts, each {"name", "url" or "host" and "user", "password" or "passwordFile" …, "folders"}`,
};

const imapUrl: Kind<typeof mailUrl> = {
  schema: mailUrl,
  expects: 'an address such as imaps://user:password@host:993/INBOX',
};

const commandKind: Kind<typeof program> = {
  schema: program,
  expects: 'a command of the shell, or a program with its arguments as a list',
};

const addresses = {
  schema: z
    .array(z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,253}$/))
    .max(100)
    .readonly(),
  expects: 'a list of mail addresses',
};

/** Settings of the mail monitor. */
export const mailSettings = {
  'mail.url': setting(orNull(imapUrl), null, {
    description:
      'A mailbox to watch, `imap[s]://user:password@host:port/INBOX`, with what is special in it percent-encoded; its events have the source `email`. Null watches none.',
    env: 'IMAP_URL',
    hot: false,
    secret: true,
  }),
  'mail.tokenCommand': setting(orNull(commandKind), null, {
    description:
      'A program that prints an XOAUTH2 token for the mailbox of `IMAP_URL`, in place of a password; it runs at each connect.',
    env: 'IMAP_TOKEN_COMMAND',
    hot: false,
    secret: true,
  }),
  'mail.accounts': setting(accountList, [], {
    description:
      'Further mailboxes, e.g. `[{"name": "work", "host": "imap.example.org", "user": "me@example.org", "passwordFile": "/path", "folders": ["INBOX"]}]`; the password may also be `password`, `passwordEnv`, `passwordCommand` or `tokenCommand`. Events have the source `email:NAME`.',
    hot: false,
    secret: true,
  }),
  'mail.ownAddresses': setting(addresses, [], {
    description:
      'Addresses that you send mail from, besides the users of the accounts: mail from them goes to the digest and never starts a task.',
    hot: true,
  }),
  'mail.pollMs': setting(milliseconds(1_000, 15 * 60_000), 5 * 60_000, {
    description:
      'How often a watched folder is asked for what is new, beside the news that the server sends.',
    hot: true,
  }),
  'mail.commandMs': setting(milliseconds(1_000, 5 * 60_000), 60_000, {
    description:
      'How long a mail server may take over one answer; past it the connection is cut and made anew.',
    hot: true,
  }),
  'mail.retryMs': setting(milliseconds(1_000, 30 * 60_000), 60_000, {
    description:
      'Wait before a connection that failed twice is tried again; it doubles each time up to half an hour.',
    hot: true,
  }),
};

interface MisfitValues {
  'mail.accounts': readonly AccountSetting[];
}

/** An account without any way to log in, and one with two of them. */
export function mailMisfits(values: MisfitValues): Misfit[] {
  return values['mail.accounts'].flatMap((account) => {
    const given = ways.filter((way) => account[way] !== undefined);
    const inUrl = account.url !== undefined && new URL(account.url).password !== '';
    const count = given.length + (inUrl ? 1 : 0);
    if (count === 1) return [];
    return [
      {
        keys: ['mail.accounts'],
        message: `the account ${account.name} needs one of ${ways.join(', ')}, or a password in its url; it has ${count === 0 ? 'none' : String(count)}`,
      },
    ];
  });
}

const ways = ['password', 'passwordEnv', 'passwordFile', 'passwordCommand', 'tokenCommand'] as const;
