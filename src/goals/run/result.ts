import { type GoalResult, severities, type Severity } from '../rows/runs.ts';

const maxTextChars = 8_000;

/** A reply as it came, and the JSON object in it. */
export interface ReadReply {
  result: GoalResult;
  /** The object that the reply ends with; undefined where it has none. */
  value: Record<string, unknown> | undefined;
}

/**
 * Reads the result of a run out of its reply: the last JSON object in it, with `notify`, `text` and `severity`. A reply without
 * one is the text itself, so that nothing is lost by an agent that does not keep to the form.
 */
export function readReply(reply: string): ReadReply {
  const value = lastObject(reply);
  const isResult = value !== undefined && ('notify' in value || 'text' in value || 'severity' in value);
  if (!isResult) return { value, result: resultOf({ text: reply }) };
  return { value, result: resultOf(value) };
}

function resultOf({ notify, text, severity }: Record<string, unknown>): GoalResult {
  const words = (typeof text === 'string' ? text : '').trim();
  return {
    notify: notify !== false && words !== '',
    text: words.length > maxTextChars ? `${words.slice(0, maxTextChars)}…` : words,
    severity: severityOf(severity),
  };
}

const otherWords: Readonly<Record<string, Severity>> = {
  urgent: 'critical',
  error: 'critical',
  high: 'warning',
  warn: 'warning',
};

function severityOf(given: unknown): Severity {
  const word = typeof given === 'string' ? given.toLowerCase() : '';
  return (
    severities.find((severity) => severity === word) ??
    (Object.hasOwn(otherWords, word) ? otherWords[word] : undefined) ??
    'info'
  );
}

const maxTries = 200;

/** The object that a text ends with, perhaps in a fence, else the last one that is on lines of its own. */
function lastObject(text: string): Record<string, unknown> | undefined {
  const trimmed = text.trim();
  const end = trimmed.lastIndexOf('}');
  if (end === -1) return undefined;
  let start = trimmed.lastIndexOf('{', end);
  for (let tries = 0; start !== -1 && tries < maxTries; tries += 1) {
    const value = parsed(trimmed.slice(start, end + 1));
    // An object within a larger one is no result of its own.
    if (value !== undefined) return outermost(trimmed, start, end) ?? value;
    start = start === 0 ? -1 : trimmed.lastIndexOf('{', start - 1);
  }
  return undefined;
}

function outermost(text: string, inner: number, end: number): Record<string, unknown> | undefined {
  let found: Record<string, unknown> | undefined;
  let start = inner === 0 ? -1 : text.lastIndexOf('{', inner - 1);
  for (let tries = 0; start !== -1 && tries < maxTries; tries += 1) {
    found = parsed(text.slice(start, end + 1)) ?? found;
    start = start === 0 ? -1 : text.lastIndexOf('{', start - 1);
  }
  return found;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
