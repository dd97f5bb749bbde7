import type { ChildStatus, Status } from '../faces/status/status.ts';
import { describeModel } from '../lib/inference/describe-model.ts';
import { modelRoles } from '../lib/inference/work.ts';
import { PRIORITIES } from '../lib/wire/priority.ts';
import { memoryText, wholeMemoryText } from './memory-text.ts';
import { paint, paintState } from './paint.ts';
import { oneLine } from './printable.ts';
import { bytes, count, duration, money } from './units.ts';

/** A line that waits for less than this is one that a writer is at. */
const unfinishedMs = 2_000;

/** A status for people in some ten lines, what matters first. `now` in epoch milliseconds. */
export function statusLines(status: Status, now: number): string[] {
  const { database, agent, inference, memory } = status;
  return factLines([
    readyFact(status, now),
    [
      'dashboard',
      oneLine(status.dashboard.url ?? `not open: ${status.dashboard.reason ?? 'it has just started'}`),
    ],
    ['agent', agentText(agent)],
    ['database', withReason(`${database.kind}, ${paintState(oneLine(database.state))}`, database.lastError)],
    [
      'models',
      inference.state === 'ready' ? paintState('ready') : paint('yellow', modelsWords[inference.state]),
    ],
    ['memory', memoryText(memory)],
    ['events', eventsText(status)],
    ['tasks', `${tasksText(status)}; ${endedText(status)}`],
    ['schedule', scheduleText(status.schedule, now)],
    ['spent', spendText(status.spend)],
    ...(status.storage.state === 'low' ? [['storage', storageText(status.storage)] satisfies Fact] : []),
    ...(waitingLine(status) === undefined ? [] : [['pipe', pipeText(status)] satisfies Fact]),
  ]);
}

/** All of a status, with the tree as an outline. `now` in epoch milliseconds. */
export function wholeStatusLines(status: Status, now: number): string[] {
  const { database, agent, inference } = status;
  return [
    ...factLines([
      readyFact(status, now),
      ['home', oneLine(status.home)],
      ['pipe', pipeText(status)],
      ['dashboard', oneLine(status.dashboard.url ?? 'none')],
      [
        'database',
        withReason(`${database.kind}, ${paintState(oneLine(database.state))}`, database.lastError),
      ],
      ['agent', withReason(listed(agent.kind, agent.version, agent.path), agent.reason)],
      ['processes', withReason(`held by ${status.containment.tier}`, status.containment.reason)],
      ['models', inferenceText(inference)],
      ['memory', wholeMemoryText(status.memory)],
      ['events', eventsText(status)],
      ['tasks', tasksText(status)],
      ['ended', endedText(status)],
      ['storage', storageText(status.storage)],
      ['schedule', scheduleText(status.schedule, now)],
      ['spent', spendText(status.spend)],
    ]),
    '',
    ...treeLines(status.children, now),
  ];
}

type Fact = [name: string, value: string];

function factLines(facts: readonly Fact[]): string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`);
}

function readyFact(status: Status, now: number): Fact {
  const ready = status.ready ? paint('green', 'ready') : paint('yellow', `not ready${reasonsOf(status)}`);
  return [
    'ninjad',
    `${oneLine(status.version)}, pid ${status.pid}, ${ready}, up ${duration(now - status.startedAt)}`,
  ];
}

const modelsWords: Readonly<Record<Exclude<Status['inference']['state'], 'ready'>, string>> = {
  loading: 'loading; until then it remembers by words',
  degraded: 'not all here: it remembers by words, see ninjad doctor',
  failed: 'not all here: it remembers by words, see ninjad doctor',
  off: 'switched off: it remembers by words',
};

function agentText({ kind, version, path, reason }: Status['agent']): string {
  if (kind === 'offline')
    return `${paint('yellow', 'none found')}: it quotes what it remembers, see ninjad doctor`;
  return withReason(listed(kind, version, path), reason);
}

function eventsText({ mailbox, counts }: Status): string {
  const waiting = PRIORITIES.filter((name) => mailbox.byPriority[name] > 0);
  const levels = waiting.map((name) => `${name} ${count(mailbox.byPriority[name])}`).join(', ');
  const unread =
    counts.rejected === 0 ? '' : `, ${paint('yellow', `${count(counts.rejected)} not understood`)}`;
  return `${count(mailbox.depth)} waiting${levels === '' ? '' : ` (${levels})`}; ${count(counts.accepted)} taken${unread}`;
}

function endedText({ counts }: Status): string {
  const gaveUp =
    counts.deadLettered === 0 ? '' : `, ${paint('red', `${count(counts.deadLettered)} given up`)}`;
  return `${count(counts.done)} done, ${count(counts.dropped)} dropped, ${count(counts.failed)} failed${gaveUp}`;
}

function tasksText({ tasks, room }: Status): string {
  const running = `${tasks.running} running of at most ${room.lanes}`;
  const memory =
    room.memoryBytes === 0 ? '' : `, ${bytes(room.memoryBytes)} of ${bytes(room.maxMemoryBytes)}`;
  const shortage =
    room.waitsFor === null || tasks.queued === 0
      ? ''
      : paint('yellow', room.waitsFor === 'cpu' ? ', waits for a core' : ', waits for memory');
  return `${running}, ${count(tasks.queued)} queued${shortage}${memory}`;
}

/** The line in the pipe that waits for its newline for longer than a writer is at it. */
function waitingLine({ unfinishedLine: line }: Status): Status['unfinishedLine'] | undefined {
  return line === null || line.silentMs < unfinishedMs ? undefined : line;
}

function pipeText(status: Status): string {
  const { fifo } = status;
  const line = waitingLine(status) ?? null;
  if (line === null) return oneLine(fifo);
  const { bytes, silentMs, sample } = line;
  const waits = `a line of ${count(bytes)} bytes has waited ${duration(silentMs)} for its newline: ${oneLine(sample)}`;
  return `${oneLine(fifo)}; ${paint('yellow', waits)}`;
}

function reasonsOf({ notReadyBecause = [] }: Status): string {
  return notReadyBecause.length === 0 ? '' : ` (${notReadyBecause.map(oneLine).join('; ')})`;
}

function inferenceText({ state, ...models }: Status['inference']): string {
  const wanted = modelRoles.filter((role) => models[role].state !== 'off');
  const details = wanted.map((role) => {
    const model = models[role];
    return oneLine(model.state === 'ready' ? model.model : describeModel(role, model));
  });
  return [paintState(state), ...details].join(', ');
}

function scheduleText({ jobs, broken, running, nextAt, stuck }: Status['schedule'], now: number): string {
  const next = nextAt === null ? '' : `, the next in ${duration(Math.max(0, nextAt - now))}`;
  const unread = broken === 0 ? '' : `; ${paint('red', `${broken} cannot be read`)}`;
  const stands = stuck ? `; ${paint('red', 'the scheduler stands still')}` : '';
  return `${count(jobs)} ${jobs === 1 ? 'job' : 'jobs'}${next}, ${running} running${unread}${stands}`;
}

function storageText({ state, freeBytes, limitBytes, usedBytes, budgetBytes }: Status['storage']): string {
  const used =
    usedBytes === null || budgetBytes === null ? '' : `${bytes(usedBytes)} of ${bytes(budgetBytes)}, `;
  const free = freeBytes === null ? 'not looked at yet' : `${bytes(freeBytes)} free on the disk`;
  const low = paint('red', `less than ${bytes(limitBytes)}`);
  return `${used}${free}${state === 'low' ? `, ${low}: what can wait waits` : ''}`;
}

function spendText({ todayUsd, capUsd, monthUsd, monthlyCapUsd, reached }: Status['spend']): string {
  const cap = (usd: number | null) => (usd === null ? 'no cap' : `cap ${money(usd)}`);
  const month = monthlyCapUsd === null ? '' : `; ${money(monthUsd)} this month, ${cap(monthlyCapUsd)}`;
  const warning = reached === null ? '' : `; ${paint('red', 'cap reached')}: only HUMAN tasks run`;
  return `${money(todayUsd)} today, ${cap(capUsd)}${month}${warning}`;
}

/** The outline of a tree: two blanks a level, a glyph for how each child is. */
function treeLines(children: readonly ChildStatus[], now: number): string[] {
  const rows = outline(children, 0);
  const width = Math.max(0, ...rows.map(({ depth, child }) => 2 * depth + child.id.length));
  return rows.map(({ depth, child }) => {
    const name = oneLine(child.id).padEnd(width - 2 * depth);
    const restarts =
      child.restarts === 0 ? '' : `, ${child.restarts} ${child.restarts === 1 ? 'restart' : 'restarts'}`;
    const inner = child.value === undefined ? '' : ` (${oneLine(valueText(child.value))})`;
    const text = `${paintState(child.state)}${inner} for ${duration(now - child.since)}${restarts}`;
    const error = child.lastError === undefined ? '' : `: ${oneLine(child.lastError)}`;
    return `${'  '.repeat(depth)}${glyph(child.state)} ${name}  ${text}${error}`;
  });
}

function outline(children: readonly ChildStatus[], depth: number): { depth: number; child: ChildStatus }[] {
  return children.flatMap((child) => [{ depth, child }, ...outline(child.children ?? [], depth + 1)]);
}

function glyph(state: string): string {
  if (state === 'running') return paint('green', '●');
  if (state === 'stopped' || state === 'ended') return paint('dim', '○');
  if (state === 'failed' || state === 'killed') return paint('red', '✗');
  return paint('yellow', '◐');
}

/** A machine's state value as words: `reading.flowing`, parallel regions side by side. */
function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => {
      const text = valueText(inner);
      return text === '' ? name : `${name}.${text}`;
    })
    .join(' ');
}

function listed(...words: (string | null)[]): string {
  return oneLine(words.filter((word) => word !== null && word !== '').join(', '));
}

function withReason(text: string, reason: string | null | undefined): string {
  return reason === null || reason === undefined || reason === '' ? text : `${text}: ${oneLine(reason)}`;
}
