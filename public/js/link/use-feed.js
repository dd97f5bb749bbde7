import { useEffect, useRef } from '../view.js';
import { listen, watch } from './connection.js';

/**
 * Follows a topic while the component is shown.
 * @param {import('./connection.js').Topic | null} topic null follows nothing
 */
export function useTopic(topic) {
  useEffect(() => (topic === null ? undefined : watch(topic)), [topic]);
}

/**
 * Calls `onNews` with what the daemon pushes under this name while the component is shown.
 * @template {keyof import('./connection.js').Pushes} Name
 * @param {Name} name @param {(pushed: import('./connection.js').Pushes[Name]) => void} onNews
 */
export function useNews(name, onNews) {
  const latest = useRef(onNews);
  latest.current = onNews;
  useEffect(
    () => listen(name, /** @type {any} */ ((/** @type {any} */ news) => latest.current(news))),
    [name],
  );
}

/**
 * Calls `reload` when somebody, by any face, has changed what one of these operations answers.
 * @param {readonly import('./connection.js').OperationName[]} names @param {() => void} reload
 */
export function useChanges(names, reload) {
  useNews('lists', ({ lists }) => names.some((name) => lists.includes(name)) && reload());
}
