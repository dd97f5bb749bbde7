/** Where words quote an HTTP status: as a field of JSON, after a word for it, or before its own name. */
const quoted = [
  /"(?:code|status|statusCode)":\s*"?([45]\d\d)\b/i,
  /\b(?:status|http|error)(?: code)?[\s:=/(]{1,3}([45]\d\d)\b/i,
  /\b([45]\d\d) (?:unauthorized|forbidden|bad request|payment required|too many requests|internal server error|bad gateway|service unavailable|gateway time)/i,
];

/** What is said where the status itself is not. */
const meant: readonly (readonly [RegExp, number])[] = [
  [
    /\bunauthorized\b|not logged in|log(?:ged)? ?in required|(?:invalid|incorrect|missing|no) api key|missing environment variable/i,
    401,
  ],
  [/to increase your limits|quota exceeded|exhausted your|(?:rate|usage) limit/i, 429],
  [/high demand|at capacity|overloaded|stream (?:disconnected|closed)/i, 503],
];

/** The HTTP status that the words of an error tell of; undefined where they tell of none. */
export function statusInWords(words: string): number | undefined {
  for (const pattern of quoted) {
    const status = pattern.exec(words)?.[1];
    if (status !== undefined) return Number(status);
  }
  return meant.find(([pattern]) => pattern.test(words))?.[1];
}
