import { InvalidArgumentError } from 'commander';
import { type AgentName, agentNamed, agentNameExpected } from '../lib/wire/agent-names.ts';
import { PRIORITIES, type PriorityName } from '../lib/wire/priority.ts';
import { ownValue } from '../lib/own-value.ts';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const name = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Parses `-p`: a priority's name in any case, or its number. */
export function priorityOption(text: string): PriorityName {
  const found = PRIORITIES.find((priority, rank) => priority === text.toUpperCase() || String(rank) === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected ${PRIORITIES.join(', ')} or 0 to 5.`);
}

/** Parses a source or a category. */
export function nameOption(text: string): string {
  if (name.test(text)) return text;
  throw new InvalidArgumentError('Expected up to 64 letters, digits and ._:-, a letter or digit first.');
}

/** Parses `--agent`; an empty text, by which an edit takes one away, is null. */
export function agentOption(text: string): AgentName | null {
  if (text === '') return null;
  const known = agentNamed(text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(`${agentNameExpected.replace('e', 'E')}.`);
}

const namePattern = /^[A-Za-z0-9*][A-Za-z0-9._:*-]{0,63}$/;

/** Parses a name in which `*` may stand for any characters. */
export function namePatternOption(text: string): string {
  if (namePattern.test(text)) return text;
  throw new InvalidArgumentError('Expected up to 64 letters, digits and ._:-, with * for any of them.');
}

/** Parses `--limit`. */
export function limitOption(text: string): number {
  return wholeNumber(text, 1, 1000);
}

/** Parses `--before`: the number of a row, from which on a list goes back. */
export function beforeOption(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a row, as the list shows it.');
}

/** Parses a number of lines, 0 too. */
export function countOption(text: string): number {
  return wholeNumber(text, 0, 100_000);
}

/** Parses `--days`. */
export function daysOption(text: string): number {
  return wholeNumber(text, 1, 366);
}

/** Parses a number of seconds, up to a day. */
export function secondsOption(text: string): number {
  return wholeNumber(text, 1, 86_400);
}

/** Parses the number of a task. */
export function taskIdArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a task, as `ninjad tasks` shows it.');
}

/** Parses the number of a memory, also as `memory:12`, which is how a recall writes it. */
export function memoryIdArgument(text: string): number {
  const [, number] = /^(?:memory:)?([1-9]\d{0,14})$/.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  throw new InvalidArgumentError('Expected the number of a memory, as `ninjad memories` shows it.');
}

/** Parses several of them. */
export function memoryIdsArgument(text: string, before: number[] | undefined): number[] {
  return [...new Set([...(before ?? []), memoryIdArgument(text)])];
}

/** Parses an option that may be repeated, each time with one of the choices. */
export function collectOption(choices: readonly string[]) {
  return (text: string, before: string[] = []): string[] => {
    if (choices.includes(text)) return [...before, text];
    throw new InvalidArgumentError(`Expected ${choices.join(', ')}.`);
  };
}

/** Parses a date, or date and time, in the zone of this machine, or a time ago such as `7d`; gives ISO 8601. */
export function timeOption(text: string): string {
  const [, number, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const time =
    number === undefined
      ? Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text)
      : Date.now() - Number(number) * (ownValue(unitMs, unit) ?? 0);
  if (Number.isNaN(time) || (number === undefined && !/^\d{4}-\d{2}-\d{2}/.test(text))) {
    throw new InvalidArgumentError(
      'Expected a date such as 2026-11-01, or a time ago such as 12h, 7d or 4w.',
    );
  }
  return new Date(time).toISOString();
}

function wholeNumber(text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
}
