import { Button, Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Sparkline } from '../../components/sparkline.js';
import { Lasting, Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { percent } from '../../format/quantity.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { place } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html, useMemo, useState } from '../../view.js';
import { Beats } from './beats.js';
import { HostForm } from './host-form.js';
import { HostPage } from './host-page.js';

/** @typedef {import('../../../../src/operations.ts').Answers['fleet.list'][number]} Host */

/** @type {Readonly<Record<string, number>>} */
const worst = { down: 0, degraded: 1, unreachable: 2, unknown: 3, up: 4, paused: 5 };

/** The owner's hosts, those in trouble first; or the page of one. */
export function FleetPanel() {
  const { rest } = useStore(place, (state) => state);
  const [name] = rest;
  return name === undefined ? html`<${List} />` : html`<${HostPage} key=${name} name=${name} />`;
}

function List() {
  const { data, error, reload } = useResource('fleet.list', {});
  const [adds, setAdds] = useState(false);
  const hosts = useMemo(
    () =>
      [...(data ?? [])].sort(
        (one, other) =>
          (worst[one.state] ?? 3) - (worst[other.state] ?? 3) ||
          one.name.localeCompare(other.name, 'en', { numeric: true }),
      ),
    [data],
  );
  return html`<div class="panel scrolls">
    <div class="panel-head">
      <h1>Fleet</h1>
      ${data === null || data.length === 0 ? null : html`<${Tally} hosts=${data} />`}
      ${data?.length === 0 ? null : html`<div class="end"><${Button} onClick=${() => setAdds(true)}>Add a host<//></div>`}
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Asking for the hosts" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : hosts.length === 0
          ? html`<${Empty}
              title="No host yet"
              action=${html`<${Button} kind="primary" onClick=${() => setAdds(true)}>Add a host<//>`}
              >Add this machine, one that you reach by ssh, an address on the web, or one that reports by
              itself. Each is asked every minute, and you are told once when it is down, when it is back, and
              when a disk is about to be full.<//
            >`
          : html`<ul class="fleet">
              ${hosts.map((host) => html`<${Row} key=${host.id} host=${host} />`)}
            </ul>`
    }
    ${adds ? html`<${HostForm} onClose=${() => setAdds(false)} onSaved=${reload} />` : null}
  </div>`;
}

/** @param {{ hosts: readonly Host[] }} props */
function Tally({ hosts }) {
  return html`<span class="actions">
    ${Object.keys(worst).map((state) => {
      const number = hosts.filter((host) => host.state === state).length;
      return number === 0
        ? null
        : html`<${State}
            key=${state}
            state=${state}
            word=${`${number} ${state === 'paused' ? 'not polled' : state}`}
          />`;
    })}
  </span>`;
}

const fullFrom = 0.9;
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** @param {{ host: Host }} props */
function Row({ host }) {
  const { name, kind, state, reports, fullAt, reason, muted } = host;
  // What it reported before it went away says nothing of how it is.
  const isPast = state === 'down' || state === 'unreachable' || state === 'paused';
  const series = useMemo(
    () => ({
      load: reports.map(({ loadPerCpu }) => loadPerCpu),
      memory: reports.map(({ memoryUsed }) => memoryUsed),
      disk: reports.map(({ diskUsed }) => diskUsed),
    }),
    [reports],
  );
  const latest = useMemo(
    () => reports.findLast(({ loadPerCpu, memoryUsed, diskUsed }) => loadPerCpu ?? memoryUsed ?? diskUsed),
    [reports],
  );
  return html`<li class=${`machine${isPast ? ' is-past' : ''}`}>
    <div class="machine-name">
      <p class="one-line">
        <a class="plain-link" href=${addressOf('fleet', [name])}><b>${name}</b></a>
        <span class="soft small">${kind}</span
        >${muted === null ? null : html` <${Tag} tone="yellow">${muted}<//>`}
      </p>
      <p class="soft small one-line">
        ${host.address ?? (kind === 'push' ? 'reports by itself' : 'this machine')}${host.parent === null ? '' : ` · behind ${host.parent}`}
      </p>
    </div>
    <div class="machine-state">
      <p>
        <${State} state=${state} /> <span class="soft small">for <${Lasting} from=${host.since} /></span>
      </p>
      ${reason === null ? null : html`<p class="small two-lines machine-reason" title=${reason}>${reason}</p>`}
    </div>
    <${Beats} reports=${reports} name=${name} />
    <${Measure}
      name="load"
      values=${series.load}
      value=${latest?.loadPerCpu ?? null}
      limit=${1}
      isPast=${isPast}
    />
    <${Measure}
      name="memory"
      values=${series.memory}
      value=${latest?.memoryUsed ?? null}
      limit=${fullFrom}
      max=${1}
      isPast=${isPast}
    />
    <${Measure}
      name=${fullAt === null ? 'disk' : `full on ${day.format(new Date(fullAt.at))}`}
      values=${series.disk}
      value=${latest?.diskUsed ?? null}
      limit=${fullFrom}
      max=${1}
      warns=${fullAt !== null}
      isPast=${isPast}
    />
    <p class="soft small machine-seen">
      seen <${Time} at=${host.lastReportAt} none="never" />
      ${isPast || host.uptimeS === null ? null : html`<br /><span class="machine-up">up for ${duration(host.uptimeS * 1000)}</span>`}
    </p>
  </li>`;
}

/**
 * @param {{ name: string, values: readonly (number | null)[], value: number | null, limit: number, max?: number,
 *   warns?: boolean, isPast: boolean }} props
 */
function Measure({ name, values, value, limit, max, warns = false, isPast }) {
  if (values.every((each) => each === null)) return html`<div class="machine-measure is-none"></div>`;
  const isNear = warns || (value !== null && value >= limit);
  const tone = isPast ? 'soft' : isNear ? 'orange' : 'cyan';
  return html`<div class=${`machine-measure is-${tone}`}>
    <p><span class="soft small">${name}</span> <b>${percent(value)}</b></p>
    <${Sparkline} values=${values} tone=${tone} limit=${limit} ...${max === undefined ? {} : { max }} />
  </div>`;
}
