import { Component, html, render, useEffect, useRef, useState } from './view.js';
import { Button, Loading, Problem } from './components/basics.js';
import { toast, Toasts } from './components/toasts.js';
import { duration } from './format/duration.js';
import { connection, listen } from './link/connection.js';
import { panelModules } from './panels/modules.js';
import { Header } from './shell/header.js';
import { KeysDialog } from './shell/keys-dialog.js';
import { followKeys } from './shell/keys.js';
import { followAddress, go, place } from './shell/location.js';
import { Rail } from './shell/rail.js';
import { routes } from './shell/routes.js';
import { clock, startClock } from './state/clock.js';
import { live } from './state/live.js';
import { useStore } from './state/use-store.js';

/** Shows the dashboard and goes on with it as the daemon tells. @param {HTMLElement} element */
export function start(element) {
  startClock();
  followAddress();
  followKeys();
  listen('notice', ({ text, taskId }) =>
    toast(text, {
      tone: 'orange',
      ...(taskId !== null && {
        action: { label: `Task ${taskId}`, run: () => go('tasks', [String(taskId)]) },
      }),
    }),
  );
  document.addEventListener('visibilitychange', () =>
    document.body.classList.toggle('is-hidden', document.hidden),
  );
  render(html`<${App} />`, element);
}

function App() {
  const panel = useStore(place, (state) => state.panel);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const isFirst = useRef(true);
  useEffect(() => {
    const label = routes.find(({ id }) => id === panel)?.label ?? '';
    document.title = `${label} · ninjad`;
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
      aria-label=${routes.find(({ id }) => id === panel)?.label}
    >
      <${Lost} />
      <${Guard} key=${panel}><${Panel} id=${panel} /><//>
    </main>
    <${KeysDialog} /><${Toasts} />`;
}

/** What waits where, for the rail. */
function useMarks() {
  const now = useStore(live, (state) => state.now);
  if (now === null) return {};
  const { unread, wishes, findings, deadLetters, notices } = now.waiting;
  return {
    chat: { count: unread, tone: 'cyan', says: 'unread' },
    now: { count: notices, tone: 'orange', says: 'to read' },
    decide: { count: wishes + findings, tone: 'orange', says: 'to decide' },
    tasks: { count: deadLetters, tone: 'pink', says: 'dead letters' },
  };
}

/** A panel is loaded when it is first shown. @param {{ id: import('./shell/routes.js').PanelId }} props */
function Panel({ id }) {
  const [loaded, setLoaded] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const load = () => {
    setError(null);
    panelModules[id]().then((view) => setLoaded(() => view), setError);
  };
  useEffect(load, [id]);
  if (error !== null)
    return html`<div class="panel">
      <${Problem} problem=${{ message: 'This panel could not be loaded.' }} retry=${load} />
    </div>`;
  if (loaded === null) return html`<div class="panel"><${Loading} /></div>`;
  return html`<${loaded} />`;
}

const silentMs = 3_000;

/** The line over the panel while the daemon does not answer; what is shown below stays as it was. */
function Lost() {
  const line = useStore(connection, (state) => state);
  const away = useStore(clock, ({ now }) => Math.floor((now - line.since) / 1000) * 1000);
  if (line.connected || away < silentMs) return null;
  return html`<div class="lost" role="status">
    <span class="state is-orange"
      ><span class="glyph" aria-hidden="true">◌</span>The daemon does not answer</span
    >
    <span class="soft">for ${duration(away)}. What you see is from before; this page keeps trying.</span>
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
