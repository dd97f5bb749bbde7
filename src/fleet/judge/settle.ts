import { HOUR, MINUTE } from '../../lib/time.ts';
import type { HostDefinition } from '../definition.ts';
import type { HostMemory } from './memory.ts';
import type { HostState, News } from './news.ts';
import { spanOf } from './note.ts';

/** A host as it is judged. */
export interface JudgedHost extends HostDefinition {
  state: HostState;
  stateSince: Date;
  memory: HostMemory;
}

/** What is known of the host that another one is behind. */
export interface ParentView {
  name: string;
  kind: string;
  enabled: boolean;
  state: HostState;
  failures: number;
  lastSeenAt: Date | null;
}

export interface Surroundings {
  at: Date;
  parent: ParentView | undefined;
  /** Names of the hosts behind this one. */
  behind: readonly string[];
  /** Why nothing is sent now, such as `maintenance`. */
  muted: string | undefined;
}

/** The judgement. */
export interface Settled {
  state: HostState;
  reason: string | null;
  memory: HostMemory;
  news: News[];
  /** It would be down if its parent were not: the parent is to be asked at once. */
  asksParent: boolean;
}

const flapWindowMs = HOUR;
const flapChanges = 6;
const calmMs = 30 * MINUTE;

/**
 * Decides a host's state by what is remembered of it, and what is to be told. What the owner was told is remembered, so what
 * is muted now is told once it may be, if it still holds, and nothing is told twice.
 */
export function settleHost(host: JudgedHost, around: Surroundings): Settled {
  const parent = gateOf(around.parent);
  const freed = host.memory.behindParent && parent !== 'down';
  // What failed behind a dead parent says nothing: it is counted anew.
  const memory: HostMemory = freed
    ? { ...host.memory, behindParent: false, failures: 0, failingSince: null, brinkAt: null }
    : host.memory;
  const { state, asksParent } = stateOf({ ...host, memory }, around, parent);
  const changed = state !== host.state;
  let after: HostMemory = {
    ...memory,
    behindParent: state === 'unreachable' && (parent === 'down' || memory.behindParent),
  };
  if (changed && isFlip(host.state, state))
    after = { ...after, changes: [...after.changes, around.at.getTime()].slice(-50) };
  const telling = tell({ ...host, memory: after }, state, around);
  const news = telling.news;
  if (changed && news.length === 0) news.push(silent({ ...host, memory: after }, state, around));
  return { state, reason: reasonOf(state, after, around), memory: telling.memory, news, asksParent };
}

/** What a parent means for the hosts behind it. */
function gateOf(parent: ParentView | undefined): 'none' | 'down' | 'answers' | 'failing' {
  if (parent === undefined || !parent.enabled) return 'none';
  if (parent.state === 'down' || parent.state === 'unreachable') return 'down';
  if (parent.state === 'unknown' && parent.lastSeenAt === null && parent.failures === 0) return 'none';
  return parent.failures > 0 ? 'failing' : 'answers';
}

function stateOf(
  { state, memory, options }: JudgedHost,
  { parent }: Surroundings,
  gate: ReturnType<typeof gateOf>,
): { state: HostState; asksParent: boolean } {
  const stay = { state, asksParent: false };
  if (memory.failures >= options.downAfter) {
    if (gate === 'down') return { state: 'unreachable', asksParent: false };
    if (state === 'down') return stay;
    const { brinkAt } = memory;
    const confirmed =
      gate === 'none' ||
      parent?.kind === 'push' ||
      (gate === 'answers' && brinkAt !== null && (parent?.lastSeenAt ?? new Date(0)) > new Date(brinkAt));
    return confirmed ? { state: 'down', asksParent: false } : { state, asksParent: true };
  }
  if (memory.failures > 0 || memory.successes === 0) return stay;
  if (state === 'down' && memory.successes < options.upAfter) return stay;
  const isTroubled = Object.values(memory.troubles).some(({ held }) => held);
  return { state: isTroubled ? 'degraded' : 'up', asksParent: false };
}

function isFlip(before: HostState, after: HostState): boolean {
  const isUp = (state: HostState): boolean => state === 'up' || state === 'degraded';
  return (isUp(before) && after === 'down') || (before === 'down' && isUp(after));
}

function tell(
  host: JudgedHost,
  state: HostState,
  around: Surroundings,
): { memory: HostMemory; news: News[] } {
  const at = around.at.getTime();
  const changes = host.memory.changes.filter((then) => then <= at && then > at - flapWindowMs);
  let memory: HostMemory = { ...host.memory, changes };
  if (memory.flapping && at - (changes.at(-1) ?? 0) > calmMs)
    memory = { ...memory, flapping: false, changes: [] };
  if (around.muted !== undefined) return { memory, news: [] };
  if (!memory.flapping && changes.length >= flapChanges && memory.told !== 'flapping') {
    memory = { ...memory, flapping: true, told: 'flapping', toldTroubles: [] };
    return { memory, news: [flapping(host, state, changes.length)] };
  }
  if (memory.flapping) return { memory, news: [] };
  if (state === 'unknown' || state === 'unreachable') return { memory, news: [] };
  const troubles = heldTroubles(memory);
  const { told } = memory;
  if (state === 'down') {
    if (told === 'down') return { memory, news: [] };
    return { memory: { ...memory, told: 'down', toldTroubles: [] }, news: [down(host, around)] };
  }
  if (told === 'down' || told === 'flapping' || (told === 'degraded' && state === 'up')) {
    const next: HostMemory = { ...memory, told: state, toldTroubles: troubles };
    return { memory: next, news: [up({ ...host, memory }, state, around)] };
  }
  if (state === 'degraded') {
    const isNew = told === 'up' || troubles.some((key) => !memory.toldTroubles.includes(key));
    // A trouble that is over may come back as news.
    const next: HostMemory = { ...memory, told: 'degraded', toldTroubles: troubles };
    return { memory: next, news: isNew ? [degraded(host, memory)] : [] };
  }
  return { memory, news: [] };
}

function heldTroubles({ troubles }: HostMemory): string[] {
  return Object.entries(troubles)
    .filter(([, { held }]) => held)
    .map(([key]) => key);
}

/** The troubles that hold, in words; the worst three. */
export function troubleText(memory: HostMemory): string {
  const texts = Object.values(memory.troubles).flatMap(({ held, text }) => (held ? [text] : []));
  return texts.length <= 3
    ? texts.join('; ')
    : `${texts.slice(0, 3).join('; ')} and ${texts.length - 3} more`;
}

function down({ name, state, options, memory }: JudgedHost, { at, behind }: Surroundings): News {
  const why = memory.why ?? 'it does not answer';
  const others =
    behind.length === 0
      ? ''
      : `; ${behind.length === 1 ? 'one host' : `${behind.length} hosts`} behind it cannot be reached`;
  const since = memory.failingSince ?? at.toISOString();
  return {
    category: 'host-down',
    priority: options.priority,
    text: `${name} is down: ${why}${others}`,
    before: state,
    state: 'down',
    detail: { reason: why, failingSince: since, behind: behind.slice(0, 100) },
  };
}

function up(
  { name, state: before, stateSince, memory }: JudgedHost,
  state: HostState,
  { at }: Surroundings,
): News {
  const trouble = troubleText(memory);
  const wasDown = before === 'down' || before === 'unreachable';
  const lasted = wasDown ? ` after ${spanOf((at.getTime() - stateSince.getTime()) / 1000)}` : '';
  const what = memory.told === 'degraded' ? 'is well again' : `is up again${lasted}`;
  return {
    category: 'host-up',
    priority: 'NORMAL',
    text: `${name} ${what}${state === 'degraded' ? `, and not well: ${trouble}` : ''}`,
    before,
    state,
    detail: { ...(wasDown && { downSince: stateSince.toISOString() }) },
  };
}

function degraded({ name, state: before }: JudgedHost, memory: HostMemory): News {
  const text = troubleText(memory);
  return {
    category: 'host-degraded',
    priority: 'HIGH',
    text: `${name} is not well: ${text}`,
    before,
    state: 'degraded',
    detail: { reason: text, troubles: heldTroubles(memory) },
  };
}

function flapping({ name, state: before }: JudgedHost, state: HostState, changes: number): News {
  return {
    category: 'host-degraded',
    priority: 'HIGH',
    text: `${name} goes up and down, ${changes} times within an hour; nothing more is said of it until it has been steady for half an hour`,
    before,
    state,
    detail: { reason: 'flapping', changes },
  };
}

function silent(
  { name, state: before, memory }: JudgedHost,
  state: HostState,
  { parent, muted }: Surroundings,
): News {
  const category =
    state === 'down'
      ? 'host-down'
      : state === 'degraded'
        ? 'host-degraded'
        : state === 'unreachable'
          ? 'host-unreachable'
          : 'host-up';
  const why =
    muted ??
    (memory.flapping
      ? 'flapping'
      : state === 'unreachable'
        ? `behind ${parent?.name ?? 'its parent'}`
        : 'no news');
  const text =
    state === 'unreachable'
      ? `${name} cannot be reached: it is behind ${parent?.name ?? 'its parent'}`
      : state === 'down'
        ? `${name} is down: ${memory.why ?? 'it does not answer'}`
        : state === 'degraded'
          ? `${name} is not well: ${troubleText(memory)}`
          : `${name} is up`;
  return { category, priority: 'LOW', text, before, state, muted: why };
}

function reasonOf(state: HostState, memory: HostMemory, { parent, muted }: Surroundings): string | null {
  if (state === 'unreachable') return `behind ${parent?.name ?? 'its parent'}, which does not answer`;
  if (state === 'down') return memory.why ?? 'it does not answer';
  const doubt =
    memory.failures > 0 && memory.why !== null
      ? `the last ${memory.failures === 1 ? 'poll' : `${memory.failures} polls`} failed: ${memory.why}`
      : null;
  if (state === 'degraded') return troubleText(memory) || doubt;
  return doubt ?? (muted === 'maintenance' ? 'under maintenance' : null);
}
