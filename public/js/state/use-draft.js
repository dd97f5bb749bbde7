import { useEffect, useRef, useState } from '../view.js';

/**
 * What somebody edits, which begins as the given value and is that again whenever another one is given. An effect alone would not
 * do: the first one comes after the first key of somebody who is quick, and would take it back.
 * @template Value
 * @param {Value} value a string, a number or the like
 * @returns {[Value, (value: Value) => void]}
 */
export function useDraft(value) {
  const [draft, setDraft] = useState(value);
  const given = useRef(value);
  useEffect(() => {
    if (Object.is(given.current, value)) return;
    given.current = value;
    setDraft(() => value);
  }, [value]);
  return [draft, (next) => setDraft(() => next)];
}
