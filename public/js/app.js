import { Component, html, render, useEffect, useRef, useState } from './view.js';
import { Button, Loading, Problem } from './components/basics.js';
import { Toasts } from './components/toasts.js';
import { duration } from './format/duration.js';
import { connection } from './link/connection.js';
import { worstOf } from './panels/now/troubles.js';
import { waitingInAll } from './panels/now/waiting.js';
import { panels } from './panels/panels.js';
import { followFailures } from './shell/failures.js';
import { Header } from './shell/header.js';
import { KeysDialog } from './shell/keys-dialog.js';
import { useTab } from './shell/in-tab.js';
import { closePalette, followKeys, palette } from './shell/keys.js';
import { followAddress, place } from './shell/location.js';
import { followNews } from './shell/notify.js';
import { Rail } from './shell/rail.js';
import { clock, startClock } from './state/clock.js';
import { live } from './state/live.js';
import { useIsAway } from './state/use-is-away.js';
import { useStore } from './state/use-store.js';

/** Shows the dashboard and goes on with it as the daemon tells. @param {HTMLElement} element */
export function start(element) {
  startClock();
  followAddress(panels);
  followKeys(panels);
  followNews();
  followFailures();
  for (const panel of panels) void panel.start?.();
  document.addEventListener('visibilitychange', () =>
    document.body.classList.toggle('is-hidden', document.hidden),
  );
  render(html`<${App} />`, element);
}

function App() {
  const panel = useStore(place, (state) => state.panel);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const isFirst = useRef(true);
  useTab({ label: panels.find(({ id }) => id === panel)?.label ?? '', ...useTabState() });
  useEffect(() => {
    // Whoever goes to another panel by keyboard or screen reader goes on from there.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
    main.current?.scrollTo(0, 0);
  }, [panel]);
  return html`<a
      class="skip"
      href="#main"
      onClick=${(/** @type {Event} */ event) => {
        event.preventDefault();
        main.current?.focus();
      }}
      >To the panel</a
    >
    <${Header} />
    <${Rail} marks=${useMarks()} />
    <main
      class="main"
      id="main"
      ref=${main}
      tabindex="-1"
      aria-label=${panels.find(({ id }) => id === panel)?.label}
    >
      <${Lost} />
      <${Guard} key=${panel}><${Panel} id=${panel} /><//>
    </main>
    <${KeysDialog} /><${PaletteWhenOpen} /><${Toasts} />`;
}

/** What the tab tells: the worst thing that is open, and how much waits. */
function useTabState() {
  const now = useStore(live, (state) => state.now);
  const isAway = useIsAway();
  const waiting = now === null ? 0 : waitingInAll(now.waiting);
  const isInTrouble = now !== null && worstOf(now) === 'pink';
  /** @type {import('./shell/in-tab.js').TabState} */
  const state = isAway ? 'away' : isInTrouble ? 'trouble' : waiting > 0 ? 'waiting' : 'well';
  return { waiting, state };
}

/** The palette, loaded when it is first opened. */
function PaletteWhenOpen() {
  const { open, openings } = useStore(palette, (state) => state);
  const [loaded, setLoaded] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!open || loaded !== null) return;
    import('./shell/palette/palette.js').then(
      ({ Palette }) => setLoaded(() => Palette),
      () => closePalette(openings),
    );
  }, [open]);
  return open && loaded !== null ? html`<${loaded} key=${openings} opening=${openings} />` : null;
}

/** What waits where, for the rail. */
function useMarks() {
  const now = useStore(live, (state) => state.now);
  if (now === null) return {};
  return Object.fromEntries(
    panels.flatMap(({ id, mark }) => (mark === undefined ? [] : [[id, mark(now.waiting)]])),
  );
}

/** A panel is loaded when it is first shown. @param {{ id: import('./shell/routes.js').PanelId }} props */
function Panel({ id }) {
  const [loaded, setLoaded] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    setError(null);
    panels
      .find((panel) => panel.id === id)
      ?.load()
      .then((/** @type {any} */ view) => setLoaded(() => view), setError);
  }, [id]);
  if (error !== null)
    return html`<div class="panel">
      <${Problem}
        problem=${{ message: 'This panel could not be loaded.' }}
        retry=${() => location.reload()}
      />
    </div>`;
  if (loaded === null) return html`<div class="panel"><${Loading} /></div>`;
  return html`<${loaded} />`;
}

/** The line over the panel while the daemon does not answer; what is shown below stays as it was. */
function Lost() {
  const since = useStore(connection, (state) => state.since);
  const away = useStore(clock, ({ now }) => Math.floor((now - since) / 1000) * 1000);
  const isAway = useIsAway();
  if (!isAway) return null;
  return html`<div class="lost" role="status">
    <span class="state is-orange"
      ><span class="glyph" aria-hidden="true">◌</span>The daemon does not answer</span
    >
    <span class="soft"
      >for ${duration(away)}<span class="wide"
        >. What you see is from before; this page keeps trying.</span
      ></span
    >
  </div>`;
}

/** A panel that breaks takes nothing else with it. */
class Guard extends Component {
  /** @override @param {Error} error */
  static getDerivedStateFromError(error) {
    return { error };
  }

  /** @override @param {any} props @param {{ error?: Error }} state */
  render({ children }, { error }) {
    if (error === undefined) return children;
    const again = () => this.setState({ error: undefined });
    return html`<div class="panel">
      <${Problem} problem=${{ message: `This panel broke: ${error.message}` }} />
      <div><${Button} onClick=${again}>Show it again<//></div>
    </div>`;
  }
}
