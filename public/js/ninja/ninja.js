import { connection } from '../link/connection.js';
import { Button } from '../components/basics.js';
import { clock } from '../state/clock.js';
import { live } from '../state/live.js';
import { createStore } from '../state/store.js';
import { useStore } from '../state/use-store.js';
import { html, useMemo } from '../view.js';
import { NinjaFigure } from './figure.js';
import { cheered, joyAt, noJoy } from './joy.js';
import { mood } from './mood.js';

const joyStore = createStore({ joy: noJoy });
const happyFrom = 0.05;
/** Characters that stand large in two lines. */
const longCause = 70;

/** How the ninja feels now, for whoever draws it. */
export function useMood() {
  const { now } = useStore(clock, (state) => state);
  const { now: pulse, depths, served } = useStore(live, (state) => state);
  const line = useStore(connection, (state) => state);
  return useMemo(() => mood(pulse, { depths, served }, now, line), [pulse, depths, served, now, line]);
}

/** The face in the header. */
export function NinjaFace() {
  const { mood: name, tone } = useMood();
  return html`<span class=${`is-${tone}`}
    ><${NinjaFigure} mood=${name} size=${30} headOnly label=${`The ninja is ${name}`}
  /></span>`;
}

/** The ninja on its mat, with what it says of itself. */
export function Ninja() {
  const { mood: name, cause, tone } = useMood();
  const happy = useStore(clock, ({ now }) => joyAt(joyStore.get().joy, now) > happyFrom);
  useStore(joyStore, ({ joy }) => joy);
  const cheer = (/** @type {'pet' | 'feed'} */ kindness) =>
    joyStore.set(({ joy }) => ({ joy: cheered(joy, kindness, Date.now()) }));
  return html`<section class=${`ninja-mat is-${tone}`} aria-label="The ninja">
    <button
      type="button"
      class="ninja-pet"
      onClick=${() => cheer('pet')}
      aria-label="Pet the ninja"
      title="Pet it"
    >
      <${NinjaFigure} mood=${name} happy=${happy} size=${176} />
    </button>
    <div class="ninja-says">
      <h2 class="ninja-mood">${name}</h2>
      <span class="unseen" role="status">The ninja is ${name}.</span>
      <p class=${`ninja-cause${cause.length > longCause ? ' is-long' : ''}`}>${unbroken(cause)}</p>
      <div class="actions ninja-kindness">
        <${Button} kind="quiet" onClick=${() => cheer('pet')}>Pet<//>
        <${Button} kind="quiet" onClick=${() => cheer('feed')}>Feed<//>
      </div>
    </div>
  </section>`;
}

/** A figure stays on the line of its unit. @param {string} text */
function unbroken(text) {
  return text.replace(/(\d) (?=(?:ms|s|m|min|h|d|%)(?![\p{L}\p{N}]))/gu, '$1\u00A0');
}
