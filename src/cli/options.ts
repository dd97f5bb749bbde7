import { InvalidArgumentError } from 'commander';
import { PRIORITIES, type PriorityName } from '../lib/wire/priority.ts';

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

/** Parses `--limit`. */
export function limitOption(text: string): number {
  return wholeNumber(text, 1, 1000);
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
export function taskIdArgument(text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected the number of a task, as `ninjad tasks` shows it.');
}

function wholeNumber(text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
}
