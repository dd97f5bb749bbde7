import { createStore } from './store.js';

const tickMs = 1_000;

/** The page's clock: one timer for all that shows how long ago something was. It rests while nobody looks. */
export const clock = createStore({ now: Date.now() });

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/** Starts the clock; call it once. */
export function startClock() {
  const follow = () => {
    clearInterval(timer);
    if (document.hidden) return;
    clock.set({ now: Date.now() });
    timer = setInterval(() => clock.set({ now: Date.now() }), tickMs);
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}
