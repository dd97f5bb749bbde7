import { Component as Base, html as template } from '/vendor/preact.js';

/** The view library, in one place: preact, its hooks, and htm's templates. */
export {
  render,
  Component,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from '/vendor/preact.js';

/** @type {WeakMap<TemplateStringsArray, TemplateStringsArray>} */
const folded = new WeakMap();

/**
 * A piece of the page; what is put into it is escaped. A line break means a space, as in HTML (htm itself drops it, and
 * with it the space between two words that a formatter has put on two lines). Line breaks at either end mean nothing, a space
 * there is one.
 * @param {TemplateStringsArray} strings @param {any[]} values
 */
export function html(strings, ...values) {
  let known = folded.get(strings);
  if (known === undefined) {
    const last = strings.length - 1;
    const parts = strings.map((part, index) => {
      const begun = index === 0 ? part.replace(/^\s*\n\s*/, '') : part;
      const whole = index === last ? begun.replace(/\s*\n\s*$/, '') : begun;
      return whole.replaceAll(/\s*\n\s*/g, ' ');
    });
    known = /** @type {TemplateStringsArray} */ (/** @type {unknown} */ (parts));
    folded.set(strings, known);
  }
  return template(known, ...values);
}

/**
 * A component that is drawn anew only when its properties differ: for rows of lists that get new rows ten times a second.
 * @template {object} Props
 * @param {(props: Props) => any} draw
 * @param {(before: Props, now: Props) => boolean} [isSame] by default whether each property is the same value
 */
export function memo(draw, isSame = hasSameValues) {
  return class extends Base {
    /** @override @param {any} next */
    shouldComponentUpdate(next) {
      return !isSame(this.props, next);
    }

    /** @override @param {any} props */
    render(props) {
      return draw(props);
    }
  };
}

/** @param {any} before @param {any} now */
function hasSameValues(before, now) {
  const names = Object.keys(now);
  return (
    names.length === Object.keys(before).length && names.every((name) => Object.is(before[name], now[name]))
  );
}
