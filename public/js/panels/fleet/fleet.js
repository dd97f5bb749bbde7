import { Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Code } from '../../components/markdown.js';
import { Sparkline } from '../../components/sparkline.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { percent } from '../../format/quantity.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { html, useMemo } from '../../view.js';

/** @typedef {import('../../../../src/lib/dashboard/protocol/decisions.ts').Machine} Machine */

/** @type {Readonly<Record<string, number>>} */
const worst = { down: 0, degraded: 1, unknown: 2, up: 3 };

/** The owner's machines, those in trouble first. */
export function FleetPanel() {
  const { data, error, reload } = useResource('fleet.list', {});
  useTopic('decide');
  useNews('decide', ({ lists }) => lists.includes('fleet') && reload());
  const machines = useMemo(
    () =>
      [...(data ?? [])].sort(
        (one, other) =>
          (worst[one.state] ?? 2) - (worst[other.state] ?? 2) || one.name.localeCompare(other.name),
      ),
    [data],
  );
  return html`<div class="panel">
    <div class="panel-head">
      <h1>Fleet</h1>
      ${data === null || data.length === 0 ? null : html`<${Tally} machines=${data} />`}
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Asking for the machines" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : machines.length === 0
          ? html`<${Empty} title="No machine yet"
              >Machines that it polls (this one, by ssh, or by http) report load, memory and disk here. A
              change between up, degraded and down becomes an event; that all is well does not.<//
            >`
          : html`<ul class="fleet">
              ${machines.map((machine) => html`<${Row} key=${machine.id} machine=${machine} />`)}
            </ul>`
    }
  </div>`;
}

/** @param {{ machines: readonly Machine[] }} props */
function Tally({ machines }) {
  return html`<span class="actions">
    ${Object.keys(worst).map((state) => {
      const number = machines.filter((machine) => machine.state === state).length;
      return number === 0
        ? null
        : html`<${State} key=${state} state=${state} word=${`${number} ${state}`} />`;
    })}
  </span>`;
}

const fullFrom = 0.9;

/** @param {{ machine: Machine }} props */
function Row({ machine }) {
  const { reports } = machine;
  const last = reports.at(-1);
  const series = useMemo(
    () => ({
      load: reports.map(({ loadPerCpu }) => loadPerCpu),
      memory: reports.map(({ memoryUsed }) => memoryUsed),
      disk: reports.map(({ diskUsed }) => diskUsed),
    }),
    [reports],
  );
  return html`<li class="machine">
    <div class="machine-name">
      <b>${machine.name}</b> <${Tag}>${machine.kind}<//>
      <p class="soft small one-line">
        ${machine.address ?? 'this machine'}${machine.uptimeS === null ? '' : ` · up for ${duration(machine.uptimeS * 1000)}`}
      </p>
    </div>
    <div>
      <${State}
        state=${machine.enabled ? machine.state : 'stopped'}
        word=${machine.enabled ? undefined : 'not polled'}
      />
      <p class="soft small">since <${Time} at=${machine.stateSince} /></p>
    </div>
    <${Measure} name="load" values=${series.load} value=${last?.loadPerCpu ?? null} limit=${1} />
    <${Measure}
      name="memory"
      values=${series.memory}
      value=${last?.memoryUsed ?? null}
      limit=${fullFrom}
      max=${1}
    />
    <${Measure}
      name="disk"
      values=${series.disk}
      value=${last?.diskUsed ?? null}
      limit=${fullFrom}
      max=${1}
    />
    <span class="soft small">seen <${Time} at=${machine.lastSeenAt} none="never" /></span>
    ${
      last === undefined
        ? null
        : html`<details class="machine-more small">
            <summary>${last.reason ?? 'Last report'}</summary>
            <${Code}
              text=${JSON.stringify({ ...last, disks: machine.disks, services: machine.services }, null, 2)}
              label=${`Last report of ${machine.name}`}
            />
          </details>`
    }
  </li>`;
}

/** @param {{ name: string, values: readonly (number | null)[], value: number | null, limit: number, max?: number }} props */
function Measure({ name, values, value, limit, max }) {
  const tone = value !== null && value >= limit ? 'orange' : 'cyan';
  return html`<div class="machine-measure">
    <${Sparkline} values=${values} tone=${tone} limit=${limit} ...${max === undefined ? {} : { max }} />
    <b class=${`is-${tone}`}>${percent(value)}</b><span>${name}</span>
  </div>`;
}
