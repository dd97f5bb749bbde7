const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** A colour or weight of the terminal. */
export type Tint = keyof typeof codes;

/** Paints a text for stdout: only on a terminal, and not where NO_COLOR is set. */
export function paint(tint: Tint, text: string): string {
  return isColourful() && text !== '' ? `\u001B[${codes[tint]}m${text}\u001B[0m` : text;
}

/** The colour that a state of a task, an event or a child is shown in. */
export function paintState(state: string): string {
  if (/^(done|running|ready|delivered)$/.test(state)) return paint('green', state);
  if (/^(failed|dead|killed)$/.test(state)) return paint('red', state);
  return /^(queued|task|pending|sending|restarting|starting|away|stopping)$/.test(state)
    ? paint('yellow', state)
    : state;
}

function isColourful(): boolean {
  const { NO_COLOR: noColour, TERM: term } = process.env;
  return process.stdout.isTTY && (noColour === undefined || noColour === '') && term !== 'dumb';
}
