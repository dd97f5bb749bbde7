import { shellCommand } from '../../format/shell-command.js';
import { Button, Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Code } from '../../components/markdown.js';
import { Sparkline } from '../../components/sparkline.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { html, useMemo, useState } from '../../view.js';
import { SelfWatch } from './self-watch.js';

/** @typedef {import('../../../../src/operations.ts').Answers['sensors.list'][number]} Sensor */
/** @typedef {import('../../../../src/operations.ts').Answers['sensor.try']} Trial */

/** @type {Readonly<Record<string, number>>} */
const worst = { trouble: 0, critical: 1, warning: 2, unknown: 3, waiting: 4, ok: 5, off: 6 };

/** @type {Readonly<Record<string, string>>} */
const signs = { trouble: 'failed', waiting: 'queued', ok: 'done', off: 'stopped' };

/** The sensors, those in trouble first, what the daemon measures of itself, and the kinds that could be switched on. */
export function SensorsPanel() {
  const { data, error, reload } = useResource('sensors.list', {});
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
    <div class="panel-head"><h1>Sensors</h1></div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Asking for the sensors" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`
            ${
              known.length === 0
                ? html`<${Empty} title="No sensor is on"
                    >Switch one of those below on, or put a program into the folder <code>sensors</code> of
                    the home: a line <code># ninjad: every 5m</code> says when it runs, and each line that it
                    prints is an event.<//
                  >`
                : html`<ul class="sensors">
                    ${known.map((sensor) => html`<${Row} key=${sensor.name} sensor=${sensor} onChange=${reload} />`)}
                  </ul>`
            }
            <${SelfWatch} />
            ${possible.length === 0 ? null : html`<${Possible} sensors=${possible} onChange=${reload} />`}
          `
    }
  </div>`;
}

/** @param {{ sensor: Sensor, onChange: () => void }} props */
function Row({ sensor, onChange }) {
  const { name, state, lastRun, durations, findings, lastEvents } = sensor;
  return html`<li class="sensor">
    <div class="sensor-name">
      <b>${name}</b>
      ${sensor.kind === name ? null : html`<${Tag}>${sensor.kind === 'own' ? 'yours' : sensor.kind}<//>`}
      ${sensor.origin === 'config' ? html`<${Tag} title="It is declared in config.json, and changed there">config.json<//>` : null}
      <p class="soft small">${scheduleOf(sensor)}</p>
    </div>
    <div class="sensor-state">
      <${State} state=${signs[state] ?? state} word=${state} />
      <p class="small sensor-reason">${sensor.reason ?? sensor.says}</p>
    </div>
    <div class="sensor-runs">
      <${Sparkline} values=${durations} tone="cyan" />
      <span class="soft small"
        >${lastRun === null ? 'not run yet' : html`${duration(lastRun.tookMs)}, <${Time} at=${lastRun.at} />`}</span
      >
      <span class="soft small">next <${Time} at=${sensor.nextRuns[0]} none="never" /></span>
    </div>
    <${Acts} sensor=${sensor} onChange=${onChange} />
    ${
      findings.length + lastEvents.length === 0
        ? null
        : html`<details class="sensor-more small">
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

/** @param {{ trial: Trial }} props */
function TrialResult({ trial }) {
  const unknown = trial.findings.filter(({ level }) => level === 'unknown');
  const words = [
    trial.lines.length === 0
      ? 'It would write nothing'
      : `It would write ${trial.lines.length === 1 ? 'a line' : `${trial.lines.length} lines`}`,
    `, after ${duration(trial.tookMs)}.`,
    ...(trial.reason === null ? [] : [` ${trial.reason}.`]),
    ...unknown.map((finding) => ` ${finding.subject || trial.name} is unknown: ${finding.unknown ?? ''}.`),
  ];
  return html`<div class="sensor-more small" role="status">
    <p>${words.join('')}</p>
    ${trial.lines.length === 0 ? null : html`<${Code} text=${trial.lines.join('\n')} label=${`What ${trial.name} would write`} />`}
  </div>`;
}

/** @param {{ sensors: readonly Sensor[], onChange: () => void }} props */
function Possible({ sensors, onChange }) {
  return html`<details class="sensors-possible">
    <summary>${sensors.length} kinds that could be switched on</summary>
    <p class="soft small prose">
      One that needs to be told what to watch is switched on with
      <code>${shellCommand('sensors enable')}</code>, such as
      <code>${shellCommand('sensors enable tls:nas --set host=nas.local')}</code>.
    </p>
    <ul class="sensors">
      ${sensors.map(
        (sensor) =>
          html`<li class="sensor is-possible" key=${sensor.name}>
            <div class="sensor-name"><b>${sensor.name}</b></div>
            <div class="sensor-state"><p class="small">${sensor.says}</p></div>
            <span class="soft small sensor-runs">${scheduleOf(sensor)}</span>
            <${Acts} sensor=${sensor} onChange=${onChange} />
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
