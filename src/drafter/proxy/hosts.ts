type Environment = Readonly<Record<string, string | undefined>>;

/** A host and port that may be reached. */
export interface Host {
  name: string;
  port: number;
}

/** Where the agent's service is. */
export interface ApiPlace {
  /** What the proxy answers for by itself, with the key added; null where another provider is asked, by names alone. */
  base: URL | null;
  allowed: Host[];
}

const anthropic = 'https://api.anthropic.com';

/**
 * Where the agent's service is by its environment, and what the owner allows besides. Other providers sign their requests,
 * so those go through as they are, to the provider's host alone.
 */
export function apiPlace(env: Environment, more: readonly string[]): ApiPlace {
  const allowed = more.map(readHost).filter((host) => host !== undefined);
  const provider = providerHosts(env);
  if (provider !== undefined) return { base: null, allowed: [...provider, ...allowed] };
  const base = new URL(valueOf(env, 'ANTHROPIC_BASE_URL') ?? anthropic);
  return { base, allowed: [hostOfUrl(base), ...allowed] };
}

/** `host`, `host:port` or an address; undefined for what is none. Without a port it is that of https. */
export function readHost(text: string): Host | undefined {
  const address = /^https?:\/\//.test(text) ? text : `https://${text}`;
  return URL.canParse(address) ? hostOfUrl(new URL(address)) : undefined;
}

/** The host and port of an address. */
export function hostOfUrl(url: URL): Host {
  const byScheme = url.protocol === 'http:' ? 80 : 443;
  return { name: url.hostname.toLowerCase(), port: url.port === '' ? byScheme : Number(url.port) };
}

/** Whether that host and port is one of those. */
export function isAllowed({ name, port }: Host, allowed: readonly Host[]): boolean {
  return allowed.some((host) => host.name === name.toLowerCase() && host.port === port);
}

function providerHosts(env: Environment): Host[] | undefined {
  const found = providers.find(({ flag }) => isOn(valueOf(env, flag)));
  if (found === undefined) return undefined;
  const named = valueOf(env, found.base);
  return [named ?? found.host(env)].map(readHost).filter((host) => host !== undefined);
}

const providers: { flag: string; base: string; host: (env: Environment) => string }[] = [
  {
    flag: 'CLAUDE_CODE_USE_BEDROCK',
    base: 'ANTHROPIC_BEDROCK_BASE_URL',
    host: (env) =>
      `bedrock-runtime.${valueOf(env, 'AWS_REGION') ?? valueOf(env, 'AWS_DEFAULT_REGION') ?? 'us-east-1'}.amazonaws.com`,
  },
  {
    flag: 'CLAUDE_CODE_USE_VERTEX',
    base: 'ANTHROPIC_VERTEX_BASE_URL',
    host: (env) => {
      const region = valueOf(env, 'CLOUD_ML_REGION') ?? 'global';
      return region === 'global' ? 'aiplatform.googleapis.com' : `${region}-aiplatform.googleapis.com`;
    },
  },
  {
    flag: 'CLAUDE_CODE_USE_FOUNDRY',
    base: 'ANTHROPIC_FOUNDRY_BASE_URL',
    host: (env) => `${valueOf(env, 'ANTHROPIC_FOUNDRY_RESOURCE') ?? 'unknown'}.services.ai.azure.com`,
  },
];

function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(?:0|false|no|off)$/i.test(value);
}

function valueOf(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === '' ? undefined : value;
}
