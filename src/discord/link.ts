import type { DiscordApi } from './api.ts';

/** The states of the connection, as people read them. */
export type DiscordState =
  | 'disabled'
  | 'connecting'
  | 'catching-up'
  | 'ready'
  | 'rate-limited'
  | 'away'
  | 'unauthorised'
  | 'parked'
  | 'stopped';

/** What is known of the connection, whoever keeps it just now. Times are epoch milliseconds. */
export interface LinkFacts {
  state: DiscordState;
  /** Why it is in this state. */
  reason: string | null;
  /** What is wrong though it works, such as DMs that Discord refuses. */
  trouble: string | null;
  botId: string | null;
  botName: string | null;
  ownerId: string | null;
  /** Whether the settings name the owner, so that nobody can be paired or let go. */
  isOwnerSet: boolean;
  /** The DM channel of the owner. */
  channelId: string | null;
  lastAckAt: number | null;
  lastMessageAt: number | null;
  cursor: string | null;
  identifiesLeft: number | null;
  /** When an IDENTIFY is free again, while none is. */
  resetAt: number | null;
}

/** What was passed over, since the start of the daemon. */
export interface Ignored {
  strangers: number;
  bots: number;
  elsewhere: number;
  unreadable: number;
}

/** Both ways to Discord while there is a connection. */
export interface OpenApi {
  /** Waits for its turn; for what has to arrive. */
  sure: DiscordApi;
  /** Gives up at a rate limit; for what only looks better, such as typing. */
  hasty: DiscordApi;
}

/** The part of the connection that outlives its actor: everybody else looks here. */
export interface DiscordLink {
  facts(): Readonly<LinkFacts>;
  note(facts: Partial<LinkFacts>): void;
  /** Undefined while nothing can be sent. */
  api(): OpenApi | undefined;
  open(api: OpenApi | undefined): void;
  ignored: Ignored;
  /** Nonces and contents that this daemon has sent lately: whatever else comes from the bot's own id is another's. */
  sent: SentLately;
  /** The newest message of the owner; a reply to an older one names it. */
  newestFromOwner: string | null;
  onBack(listener: () => void): () => void;
  /** Tells those who wait that something can be sent again. */
  back(): void;
  /** Calls the listener at each change of state or reason. */
  onChange(listener: (facts: Readonly<LinkFacts>) => void): () => void;
  /** Calls the listener when the owner was paired, or let go. */
  onOwner(listener: () => void): () => void;
  ownerChanged(): void;
  /** Calls the listener when somebody finds out that the connection must not go on. */
  onEnd(listener: (end: LinkEnd) => void): () => void;
  endWith(end: LinkEnd): void;
  /** Calls the listener when Discord lets nothing be sent for so many milliseconds. */
  onLimited(listener: (waitMs: number) => void): () => void;
  limited(waitMs: number): void;
  /** Calls the listener when live messages have to be fetched, since more came than could be held. */
  onBehind(listener: () => void): () => void;
  behind(): void;
}

/** Why a connection must not go on, and how it may be had again. */
export type LinkEnd =
  | { kind: 'away'; reason: string }
  | { kind: 'unauthorised'; reason: string }
  | { kind: 'parked'; reason: string; waitMs: number };

export interface SentLately {
  note(nonce: string, content: string): void;
  has(nonce: string | undefined, content: string): boolean;
}

const rememberedSent = 2_000;

/** See `DiscordLink`. */
export function createDiscordLink(): DiscordLink {
  let facts: LinkFacts = {
    state: 'disabled',
    reason: null,
    trouble: null,
    botId: null,
    botName: null,
    ownerId: null,
    isOwnerSet: false,
    channelId: null,
    lastAckAt: null,
    lastMessageAt: null,
    cursor: null,
    identifiesLeft: null,
    resetAt: null,
  };
  let api: OpenApi | undefined;
  const [onBack, back] = listeners<[]>();
  const [onChange, change] = listeners<[Readonly<LinkFacts>]>();
  const [onOwner, ownerChanged] = listeners<[]>();
  const [onEnd, endWith] = listeners<[LinkEnd]>();
  const [onLimited, limited] = listeners<[number]>();
  const [onBehind, behind] = listeners<[]>();
  return {
    facts: () => facts,
    note(changed) {
      const before = facts;
      facts = { ...facts, ...changed };
      if (before.state !== facts.state || before.reason !== facts.reason || before.trouble !== facts.trouble)
        change(facts);
    },
    api: () => api,
    open(given) {
      api = given;
    },
    ignored: { strangers: 0, bots: 0, elsewhere: 0, unreadable: 0 },
    sent: createSentLately(),
    newestFromOwner: null,
    onBack,
    back,
    onChange,
    onOwner,
    ownerChanged,
    onEnd,
    endWith,
    onLimited,
    limited,
    onBehind,
    behind,
  };
}

function listeners<Args extends unknown[]>(): [
  (listener: (...args: Args) => void) => () => void,
  (...args: Args) => void,
] {
  const all = new Set<(...args: Args) => void>();
  return [
    (listener) => {
      all.add(listener);
      return () => all.delete(listener);
    },
    (...args) => {
      for (const listener of [...all]) listener(...args);
    },
  ];
}

function createSentLately(): SentLately {
  const known = new Set<string>();
  const keep = (word: string): void => {
    known.delete(word);
    known.add(word);
    const [oldest] = known;
    if (known.size > 2 * rememberedSent && oldest !== undefined) known.delete(oldest);
  };
  return {
    note(nonce, content) {
      keep(`nonce ${nonce}`);
      keep(`content ${content.trim()}`);
    },
    has: (nonce, content) =>
      (nonce !== undefined && known.has(`nonce ${nonce}`)) || known.has(`content ${content.trim()}`),
  };
}
