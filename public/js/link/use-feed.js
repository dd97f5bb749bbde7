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
 * @template {keyof import('./connection.js').ServerToClient} Name
 * @param {Name} name @param {import('./connection.js').ServerToClient[Name]} onNews
 */
export function useNews(name, onNews) {
  const latest = useRef(onNews);
  latest.current = onNews;
  useEffect(
    () => listen(name, /** @type {any} */ ((/** @type {any} */ news) => latest.current(news))),
    [name],
  );
}
