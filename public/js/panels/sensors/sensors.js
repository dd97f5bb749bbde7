import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { Code } from '../../components/markdown.js';
import { Sparkline } from '../../components/sparkline.js';
import { Time } from '../../components/time.js';
import { useShown } from '../../components/use-shown.js';
import { duration } from '../../format/duration.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { place } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { useStore } from '../../state/use-store.js';
import { html, useMemo, useState } from '../../view.js';
import { SelfWatch } from './self-watch.js';
import { SensorForm } from './sensor-form.js';
import { TrialResult } from './trial.js';

/** @typedef {import('../../../../src/operations.ts').Answers['sensors.list'][number]} Sensor */
/** @typedef {import('../../../../src/operations.ts').Answers['sensor.try']} Trial */

/** @type {Readonly<Record<string, number>>} */
const worst = { trouble: 0, critical: 1, warning: 2, unknown: 3, waiting: 4, ok: 5, off: 6 };

/** @type {Readonly<Record<string, string>>} */
const signs = { trouble: 'failed', waiting: 'queued', ok: 'done', off: 'stopped' };

/** The sensors, those in trouble first, what the daemon measures of itself, and the kinds that could be switched on. */
export function SensorsPanel() {
  const { data, error, reload } = useResource('sensors.list', {});
  const chosen = useStore(place, ({ rest }) => rest[0]);
  const [begin, setBegin] = useState(/** @type {string | null} */ (null));
  const sensors = useMemo(
    () =>
      (data ?? [])
        .filter(({ name }) => name !== 'self-watch')
        .sort(
          (one, other) =>
            (worst[one.state] ?? 3) - (worst[other.state] ?? 3) || one.name.localeCompare(other.name),
        ),
    [data],
  );
  const known = sensors.filter(({ origin }) => origin !== 'built-in');
  const possible = sensors.filter(({ origin }) => origin === 'built-in');
  return html`<div class="panel sensors-panel scrolls">
    <div class="panel-head">
      <h1>Sensors</h1>
      ${data !== null && known.length === 0 ? null : html`<div class="end"><${Button} onClick=${() => setBegin('')}>Watch something<//></div>`}
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Asking for the sensors" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`
            ${
              known.length === 0
                ? html`<${Empty}
                    title="No sensor is on"
                    action=${html`<${Button} kind="primary" onClick=${() => setBegin('')}>Watch something<//>`}
                    >Watch something with one of the kinds below, or put a program into the folder
                    <code>sensors</code> of the home: a line <code># ninjad: every 5m</code> says when it
                    runs, and each line that it prints is an event.<//
                  >`
                : html`<ul class="sensors">
                    ${known.map((sensor) => html`<${Row} key=${sensor.name} sensor=${sensor} isChosen=${sensor.name === chosen} onChange=${reload} />`)}
                  </ul>`
            }
            <${SelfWatch} />
            ${possible.length === 0 ? null : html`<${Possible} sensors=${possible} onChange=${reload} onSetUp=${setBegin} />`}
          `
    }
    ${begin === null ? null : html`<${SensorForm} begin=${begin} onClose=${() => setBegin(null)} onSaved=${reload} />`}
  </div>`;
}

/** @param {{ sensor: Sensor, isChosen: boolean, onChange: () => void }} props `isChosen`: the address leads to it */
function Row({ sensor, isChosen, onChange }) {
  const { name, state, lastRun, durations, findings, lastEvents } = sensor;
  const row = useShown(isChosen);
  return html`<li ref=${row} tabindex="-1" class=${`sensor${isChosen ? ' is-chosen' : ''}`}>
    <div class="sensor-name">
      <p>
        <a class="plain-link" href=${addressOf('sensors', [name])}><b>${name}</b></a>
        ${sensor.kind === name ? null : html`<span class="soft small">${sensor.kind === 'own' ? 'your program' : sensor.kind}</span>`}
      </p>
      <p class="soft small">
        ${scheduleOf(sensor)}${sensor.origin === 'config' ? html`, <span title="It is declared there, and changed there">by config.json</span>` : null}
      </p>
    </div>
    <div class="sensor-state">
      <p><${State} state=${signs[state] ?? state} word=${state} /></p>
      <p class="sensor-reason">${sensor.reason ?? sensor.says}</p>
    </div>
    <div class="sensor-runs">
      <span class="soft small sensor-took"
        >${lastRun === null ? 'not run yet' : html`<span title="How long the last runs took"><${Sparkline} values=${durations} tone="soft" width=${64} height=${16} /></span>${duration(lastRun.tookMs)}, <${Time} at=${lastRun.at} />`}</span
      >
      <span class="soft small">next <${Time} at=${sensor.nextRuns[0]} none="never" /></span>
    </div>
    <${Acts} sensor=${sensor} onChange=${onChange} />
    ${
      findings.length + lastEvents.length === 0
        ? null
        : html`<details class="sensor-more small" open=${isChosen}>
            <summary>What it found and wrote</summary>
            <ul>
              ${findings.map(
                (finding) =>
                  html`<li key=${finding.subject}>
                    <${State} state=${signs[finding.level] ?? finding.level} word=${finding.level} />
                    ${finding.subject === '' || finding.text.includes(finding.subject) ? '' : `${finding.subject}: `}${finding.unknown ?? finding.text},
                    <span class="soft"> since <${Time} at=${finding.since} /></span>
                  </li>`,
              )}
            </ul>
            ${
              lastEvents.length === 0
                ? null
                : html`<${Code}
                    text=${lastEvents.map(({ line }) => line).join('\n')}
                    label=${`Last events of ${name}`}
                  />`
            }
          </details>`
    }
  </li>`;
}

/** @param {{ sensor: Sensor, onChange: () => void }} props */
function Acts({ sensor, onChange }) {
  const { name, enabled, origin } = sensor;
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState(/** @type {Trial | null} */ (null));
  const tryIt = async () => {
    setBusy(true);
    setTrial((await act('sensor.try', { name })) ?? null);
    setBusy(false);
  };
  const turn = async (/** @type {boolean} */ on) => {
    await act(
      on ? 'sensor.enable' : 'sensor.disable',
      { name },
      { says: `${name} is ${on ? 'on' : 'off'}.`, action: { label: 'Undo', run: () => void turn(!on) } },
    );
    onChange();
  };
  return html`<div class="sensor-acts">
      <${Button} busy=${busy} disabled=${busy} onClick=${() => void tryIt()} label=${`Try ${name}`}>Try<//>
      ${
        origin === 'config'
          ? null
          : html`<${Button}
              onClick=${() => void turn(!enabled)}
              label=${`Switch ${enabled ? 'off' : 'on'} ${name}`}
              >${enabled ? 'Switch off' : 'Switch on'}<//
            >`
      }
    </div>
    ${trial === null ? null : html`<${TrialResult} trial=${trial} />`}`;
}

/**
 * @param {{ sensors: readonly Sensor[], onChange: () => void, onSetUp: (kind: string) => void }} props `onSetUp`: of one that
 *   needs to be told what to watch
 */
function Possible({ sensors, onChange, onSetUp }) {
  return html`<details class="sensors-possible">
    <summary>${sensors.length} kinds that could be switched on</summary>
    <ul class="sensors">
      ${sensors.map(
        (sensor) =>
          html`<li class="sensor is-possible" key=${sensor.name}>
            <div class="sensor-name"><b>${sensor.name}</b></div>
            <p class="sensor-state">${sensor.says}</p>
            <span class="soft small sensor-runs">${scheduleOf(sensor)}</span>
            ${sensor.state === 'trouble' ? html`<div class="sensor-acts"><${Button} label=${`Set up ${sensor.name}`} onClick=${() => onSetUp(sensor.name)}>Set up<//></div>` : html`<${Acts} sensor=${sensor} onChange=${onChange} />`}
          </li>`,
      )}
    </ul>
  </details>`;
}

/** @param {Sensor} sensor */
function scheduleOf({ every, cron, zone }) {
  if (cron !== null) return `${cron} in ${zone ?? 'UTC'}`;
  return every === null ? 'never by itself' : `every ${every}`;
}
