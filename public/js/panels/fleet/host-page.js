import { Button, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { signOf } from '../../format/state.js';
import { bytes, percent } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { go } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { HostEdit } from './host-edit.js';
import { HostPlots } from './host-plots.js';

/** @typedef {import('../../../../src/operations.ts').Answers['fleet.get']} Page */

/**
 * One host: how it is, plots over hours to years, its disks, and what happened to it.
 * @param {{ name: string }} props
 */
export function HostPage({ name }) {
  const { data, error, reload } = useResource('fleet.get', { name }, 'fleet.list');
  return html`<div class="panel scrolls host-page">
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('fleet')} aria-label="Back to the fleet">←</a>
      <h1>${name}</h1>
      ${
        data === null
          ? null
          : html`<${State} state=${data.state} />
              <div class="end"><${Acts} host=${data} onDone=${reload} /></div>`
      }
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Asking for the host" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${Facts} host=${data} /><${HostPlots} name=${name} /><${Disks} host=${data} /><${Events}
              host=${data}
            />`
    }
  </div>`;
}

/** @param {{ host: Page, onDone: () => void }} props */
function Acts({ host, onDone }) {
  const [busy, setBusy] = useState(false);
  const [edits, setEdits] = useState(false);
  const { name, enabled, maintenance, declaredIn } = host;
  const run = async (/** @type {Promise<unknown>} */ done) => {
    setBusy(true);
    await done;
    setBusy(false);
    onDone();
  };
  const remove = async () => {
    const back = async () => {
      if ((await act('fleet.restore', { name }, { says: `${name} is watched again.` })) !== undefined)
        go('fleet', [name]);
    };
    const action = { label: 'Undo', run: () => void back() };
    if ((await act('fleet.remove', { name }, { says: `${name} is watched no more.`, action })) !== undefined)
      go('fleet');
  };
  return html`${
      host.kind === 'push' || !enabled
        ? null
        : html`<${Button}
            busy=${busy}
            onClick=${() => void run(act('fleet.poll', { name }, { says: ({ answered, reason, tookMs }) => (answered ? `${name} answered in ${tookMs} ms.` : `${name}: ${reason ?? 'no answer'}`) }))}
            >Poll now<//
          >`
    }
    ${
      maintenance.until === null || !maintenance.now
        ? html`<${Button}
            onClick=${() => void run(act('fleet.maintenance', { name, for: '2h' }, { says: `Nothing is sent of ${name} for two hours.` }))}
            >Maintain for 2 h<//
          >`
        : html`<${Button}
            onClick=${() => void run(act('fleet.maintenance', { name, off: true }, { says: 'The maintenance is over.' }))}
            >End maintenance<//
          >`
    }
    <${Button}
      kind="quiet"
      onClick=${() => void run(enabled ? act('fleet.pause', { name }, { says: `${name} is not polled any more.` }) : act('fleet.resume', { name }, { says: `${name} is polled again.` }))}
      >${enabled ? 'Pause' : 'Resume'}<//
    >
    ${declaredIn === null ? html`<${Button} kind="quiet" onClick=${() => setEdits(true)}>Change<//><${Button} kind="quiet" onClick=${() => void remove()}>Remove<//>` : html`<${Tag} title="It is declared in config.json, and changed there">config.json<//>`}
    ${edits ? html`<${HostEdit} host=${host} onClose=${() => setEdits(false)} onSaved=${onDone} />` : null} `;
}

/** @param {{ host: Page }} props */
function Facts({ host }) {
  const { report, maintenance, behind } = host;
  /** @type {[string, unknown][]} */
  const facts = [
    ['Since', html`<${Time} at=${host.since} />`],
    [
      'Asked',
      `${host.kind === 'push' ? 'reports' : 'asked'} every ${host.every}${host.address === null ? '' : `, ${host.address}`}`,
    ],
    ['Last report', html`<${Time} at=${host.lastReportAt} none="never" />`],
    [
      'Behind',
      host.parent === null ? null : html`<a href=${addressOf('fleet', [host.parent])}>${host.parent}</a>`,
    ],
    ['Hosts behind it', behind.length === 0 ? null : behind.join(', ')],
    [
      'Maintenance',
      [
        ...maintenance.windows,
        ...(maintenance.until === null ? [] : [`until ${new Date(maintenance.until).toLocaleString()}`]),
      ].join('; ') || null,
    ],
    ['Kernel', report?.kernel ?? null],
    ['Up for', host.uptimeS === null ? null : duration(host.uptimeS * 1000)],
    [
      'Load',
      report?.load1 == null
        ? null
        : `${[report.load1, report.load5, report.load15].filter((load) => load !== null).join('  ')}${report.cores === null ? '' : ` on ${report.cores} cores`}`,
    ],
    [
      'Memory',
      report?.memoryUsed == null || report.memoryTotal === null
        ? null
        : `${bytes(report.memoryUsed)} of ${bytes(report.memoryTotal)}`,
    ],
    ['Services', servicesOf(host.services)],
    ['Failed units', (report?.failedUnits ?? []).join(', ') || null],
    ['Reboot', report?.rebootPending === true ? 'is pending' : null],
    ['Warmest', warmest(report?.temperatures ?? null)],
    [
      'Busiest',
      (report?.processes ?? [])
        .slice(0, 3)
        .map(({ name, cpu }) => `${name} ${cpu} %`)
        .join(', ') || null,
    ],
    ['Answer', report?.http == null ? null : `status ${report.http.status} in ${report.http.tookMs} ms`],
    [
      'Certificates',
      (report?.certificates ?? [])
        .map(({ name, endsAt }) => `${name} until ${endsAt.slice(0, 10)}`)
        .join(', ') || null,
    ],
  ];
  return html`${host.reason === null ? null : html`<p class=${`host-reason prose is-${signOf(host.state).tone}`}>${host.reason}</p>`}
    <dl class="host-facts">
      ${facts.map(([name, value]) =>
        value === null
          ? null
          : html`<div key=${name}>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
      )}
    </dl>`;
}

/** The services that it reports, each with its state; null where it reports none. @param {unknown} services */
function servicesOf(services) {
  if (typeof services !== 'object' || services === null) return null;
  return (
    Object.entries(services)
      .map(([name, state]) => `${name} ${state}`)
      .join(', ') || null
  );
}

/** @param {readonly { name: string, celsius: number }[] | null} temperatures */
function warmest(temperatures) {
  if (temperatures === null || temperatures.length === 0) return null;
  const most = temperatures.reduce((one, other) => (other.celsius > one.celsius ? other : one));
  return `${most.name} ${Math.round(most.celsius)} °C`;
}

/** @param {{ host: Page }} props */
function Disks({ host }) {
  const disks = host.report?.disks ?? [];
  if (disks.length === 0) return null;
  return html`<section aria-labelledby="host-disks">
    <h2 id="host-disks">Disks</h2>
    <ul class="host-disks">
      ${disks.map(({ mount, used, total, free, inodesUsed, inodesTotal, fullAt }) => {
        const share = used / (free === null ? total : used + free);
        return html`<li key=${mount}>
          <b class="mono">${mount}</b>
          <meter
            min="0"
            max="1"
            high="0.9"
            value=${share}
            aria-label=${`${mount} is ${percent(share)} full`}
          ></meter>
          <span>${percent(share)}, ${bytes(used)} of ${bytes(total)}</span>
          <span class="soft small"
            >${inodesUsed === null || inodesTotal === null ? '' : `${percent(inodesUsed / inodesTotal)} of the inodes`}${fullAt === null ? '' : html` <span class="is-orange">full on ${new Date(fullAt).toLocaleDateString()} if it goes on like this</span>`}</span
          >
        </li>`;
      })}
    </ul>
  </section>`;
}

/** @type {Readonly<Record<string, string>>} */
const signs = {
  'host-down': 'down',
  'host-up': 'up',
  'host-degraded': 'degraded',
  'host-unreachable': 'unreachable',
  'host-rebooted': 'restarting',
};
/** @type {Readonly<Record<string, string>>} */
const titles = { 'host-rebooted': 'rebooted', 'disk-filling': 'disk', certificate: 'certificate' };

/** @param {{ host: Page }} props */
function Events({ host }) {
  return html`<section aria-labelledby="host-events">
    <h2 id="host-events">What happened</h2>
    ${
      host.events.length === 0
        ? html`<p class="soft">Nothing yet.</p>`
        : html`<ul class="host-events">
            ${host.events.map(
              ({ id, at, category, text, muted }) =>
                html`<li key=${id}>
                  <${State} state=${signs[category] ?? 'warning'} word=${titles[category]} />
                  <span
                    >${text}${muted === null ? '' : html` <span class="soft small">(not sent: ${muted})</span>`}</span
                  >
                  <span class="soft small"><${Time} at=${at} /></span>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
