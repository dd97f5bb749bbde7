import { z } from 'zod';
import {
  absolutePath,
  type Kind,
  milliseconds,
  orNull,
  setting,
  wholeNumber,
} from '../lib/config/setting.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import { HOUR, MINUTE } from '../lib/time.ts';
import { defaultTestPaths } from './guarded.ts';
import { readHost } from './proxy/hosts.ts';

const shellCommand: Kind<z.ZodString> = {
  schema: z.string().min(1).max(10_000),
  expects: 'a command for the shell',
};
const secretText: Kind<z.ZodString> = {
  schema: z.string().min(1).max(10_000),
  expects: 'a token on one line',
};
const patternSchema = z.array(z.string().min(1).max(500)).max(500).readonly();
const patterns: Kind<typeof patternSchema> = {
  schema: patternSchema,
  expects: 'a list of patterns such as test/** or *.test.ts',
};
const hostSchema = z
  .array(
    z
      .string()
      .max(300)
      .refine((text) => readHost(text) !== undefined),
  )
  .max(50)
  .readonly();
const hosts: Kind<typeof hostSchema> = {
  schema: hostSchema,
  expects: 'a list of hosts such as gateway.example or gateway.example:8443',
};
const pathsSchema = z.array(absolutePath.schema).max(100).readonly();
const paths: Kind<typeof pathsSchema> = { schema: pathsSchema, expects: 'a list of absolute paths' };

/** Settings of the drafter. */
export const drafterSettings = {
  'drafter.repository': setting(orNull(absolutePath), null, {
    description:
      'The git repository that wishes are drafted for; null is where this program was built from. It is only read.',
    hot: true,
  }),
  'drafter.timeoutMs': setting(milliseconds(MINUTE, 24 * HOUR), 45 * MINUTE, {
    description: 'Longest run of the agent for one draft.',
    hot: true,
  }),
  'drafter.testCommand': setting(orNull(shellCommand), null, {
    description:
      "Command of the tests, run inside of the sandbox without network; `{files}` becomes the draft's own test files. Null finds `npm test` and the like.",
    hot: true,
  }),
  'drafter.testTimeoutMs': setting(milliseconds(1_000, 24 * HOUR), 20 * MINUTE, {
    description: 'Longest run of the tests; they run up to three times for a draft.',
    hot: true,
  }),
  'drafter.installCommand': setting(orNull(shellCommand), null, {
    description:
      'Command that installs packages before the tests, without network. Null is `npm ci --offline` where there is a lockfile and a `drafter.cache`.',
    hot: true,
  }),
  'drafter.cache': setting(orNull(absolutePath), null, {
    description:
      'A prepared cache of packages (npm: `npm ci --cache FOLDER` fills it), which is shown read-only; null installs nothing.',
    hot: true,
  }),
  'drafter.testPaths': setting(patterns, defaultTestPaths, {
    description:
      "Patterns of paths that are tests: the base's are used to judge a draft, and changes to them are flagged.",
    hot: true,
  }),
  'drafter.guardedPaths': setting(patterns, [], {
    description:
      'Patterns of further paths whose change is flagged, beside tests, CI, sandbox, budgets and detectors.',
    hot: true,
  }),
  'drafter.allowedHosts': setting(hosts, [], {
    description:
      "Hosts that a draft's agent may reach beside the one of its API (`ANTHROPIC_BASE_URL` or its provider's).",
    hot: true,
  }),
  'drafter.token': setting(orNull(secretText), null, {
    description:
      'A token of `claude setup-token` for drafts alone, which the proxy adds outside of the sandbox; null takes the login of the environment. A credentials file is never used.',
    env: 'NINJAD_DRAFTER_TOKEN',
    hot: true,
    secret: true,
  }),
  'drafter.readOnlyPaths': setting(paths, [], {
    description:
      'Files and folders that are shown read-only in the sandbox, such as a toolchain in your home.',
    hot: true,
  }),
  'drafter.folder': setting(orNull(absolutePath), null, {
    description: 'Where the temporary folders of drafts are made; null is the folder for temporary files.',
    hot: true,
  }),
  'drafter.maxMegabytes': setting(wholeNumber(50, 1_000_000, 'megabytes'), 4_000, {
    description: 'Most that one draft may take on the disk, clones and all.',
    hot: true,
  }),
};

/** The values of the drafter's settings. */
export type DrafterValues = ValuesOf<typeof drafterSettings>;
