import { Button, Field } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { formLines } from '../../components/form-lines.js';
import { act } from '../../link/act.js';
import { html, useState } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['fleet.get']} Page */

const priorities = { URGENT: 'URGENT', HIGH: 'HIGH', NORMAL: 'NORMAL', LOW: 'LOW' };
const dayPattern = /^(?:([a-z]{3}(?:,[a-z]{3})*)\s+)?(\d\d:\d\d-\d\d:\d\d)(?:\s+\(([^)]+)\))?$/i;

/**
 * What may be changed of a host: where and how often it is asked, from when on it is in trouble, and when nothing is sent of it.
 * @param {{ host: Page, onClose: () => void, onSaved: () => void }} props
 */
export function HostEdit({ host, onClose, onSaved }) {
  const { name, kind, options } = host;
  const wantsAddress = kind === 'ssh' || kind === 'http';
  const [fields, setFields] = useState({
    address: host.address ?? '',
    every: host.every,
    parent: host.parent ?? '',
    priority: options.priority,
    downAfter: String(options.downAfter),
    upAfter: String(options.upAfter),
    loadPerCore: textOf(options.loadPerCore),
    memoryPercent: textOf(options.memoryPercent),
    diskPercent: textOf(options.diskPercent),
    remindHours: textOf(options.remindHours),
    windows: host.maintenance.windows.join('\n'),
  });
  const set = (/** @type {Partial<typeof fields>} */ change) => setFields((now) => ({ ...now, ...change }));
  const { line, choice } = formLines('edit', fields, set);
  const [wrong, setWrong] = useState(/** @type {string | null} */ (null));
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const maintenance = readWindows(fields.windows);
    if (maintenance === null) {
      setWrong('Expected a window a line, such as  sun 02:00-04:00  or  22:00-06:00 (Europe/Berlin)');
      return;
    }
    setWrong(null);
    const answer = await act(
      'fleet.edit',
      {
        name,
        ...(wantsAddress && fields.address.trim() !== host.address && { [kind]: fields.address.trim() }),
        every: fields.every.trim(),
        parent: fields.parent.trim() === '' ? null : fields.parent.trim(),
        priority: fields.priority,
        downAfter: Number(fields.downAfter),
        upAfter: Number(fields.upAfter),
        loadPerCore: numberOf(fields.loadPerCore),
        memoryPercent: numberOf(fields.memoryPercent),
        diskPercent: numberOf(fields.diskPercent),
        remindHours: numberOf(fields.remindHours),
        maintenance,
      },
      { says: `${name} is changed.` },
    );
    if (answer === undefined) return;
    onSaved();
    onClose();
  };
  return html`<${Dialog} title=${`Change ${name}`} wide onClose=${onClose}>
    <form class="stack" onSubmit=${save}>
      ${wantsAddress ? line('address', 'Where', { hint: kind === 'ssh' ? 'user@host or user@host:port' : 'https://host/health', verbatim: true }) : null}
      <div class="host-pair">
        ${line('every', kind === 'push' ? 'How often it reports' : 'How often', { hint: '30s, 1m, 1h', verbatim: true })}
        ${line('parent', 'Behind which host', { hint: 'Empty for none', verbatim: true })}
      </div>
      <div class="host-pair">
        ${line('downAfter', 'Down after so many failures', { hint: 'In a row', verbatim: true })}
        ${line('upAfter', 'Up after so many answers', { hint: 'In a row', verbatim: true })}
      </div>
      <div class="host-pair">
        ${line('loadPerCore', 'Load of a core', { hint: 'Trouble from there on; empty: never', verbatim: true })}
        ${line('memoryPercent', 'Memory in %', { hint: 'The same', verbatim: true })}
      </div>
      <div class="host-pair">
        ${line('diskPercent', 'Disk in %', { hint: 'The same', verbatim: true })}
        ${line('remindHours', 'Remind after so many hours', { hint: 'Empty: never', verbatim: true })}
      </div>
      ${choice('priority', 'How urgent it is when it is down', priorities, 'URGENT starts an agent')}
      <${Field}
        id="edit-windows"
        label="Maintenance that comes again"
        hint="A line each: sun 02:00-04:00, or 22:00-06:00 (Europe/Berlin); nothing is sent then"
        problem=${wrong}
      >
        <textarea
          id="edit-windows"
          rows="2"
          value=${fields.windows}
          spellcheck="false"
          onInput=${(/** @type {any} */ event) => set({ windows: event.target.value })}
        ></textarea>
      <//>
      <div class="actions end">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} kind="primary" type="submit">Save<//>
      </div>
    </form>
  <//>`;
}

/** @param {number | null} value */
function textOf(value) {
  return value === null ? '' : String(value);
}

/** What is no number is told by the server, with what was expected. @param {string} text */
function numberOf(text) {
  return text.trim() === '' ? null : Number(text.trim().replace(',', '.'));
}

/**
 * A window a line, in the zone that it names, else in the browser's; null where one cannot be read.
 * @param {string} text
 */
function readWindows(text) {
  const windows = [];
  for (const line of text.split('\n').map((part) => part.trim())) {
    if (line === '') continue;
    const [, days = '', hours, zone = Intl.DateTimeFormat().resolvedOptions().timeZone] =
      dayPattern.exec(line) ?? [];
    if (hours === undefined) return null;
    const on = days === '' ? [] : days.toLowerCase().split(',');
    windows.push({ days: /** @type {any} */ (on), hours, zone });
  }
  return windows;
}
