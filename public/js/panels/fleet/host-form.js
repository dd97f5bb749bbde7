import { Button } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { formLines } from '../../components/form-lines.js';
import { Code } from '../../components/markdown.js';
import { act } from '../../link/act.js';
import { html, useState } from '../../view.js';

/** @type {Readonly<Record<string, string>>} */
const kinds = { ssh: 'by ssh', http: 'over HTTP', local: 'this machine', push: 'it reports by itself' };
/** @type {Readonly<Record<string, string>>} */
const hints = {
  ssh: 'user@host or user@host:port',
  http: 'https://host/health, or node_exporter’s /metrics',
};

/**
 * A new host. One that reports by itself shows its token here, once.
 * @param {{ onClose: () => void, onSaved: () => void }} props
 */
export function HostForm({ onClose, onSaved }) {
  const [fields, setFields] = useState({
    name: '',
    kind: 'ssh',
    address: '',
    identity: '',
    every: '1m',
    parent: '',
    acceptKey: false,
  });
  const [token, setToken] = useState(/** @type {string | null} */ (null));
  const set = (/** @type {Partial<typeof fields>} */ change) => setFields((now) => ({ ...now, ...change }));
  const { name, kind, address, identity, every, parent, acceptKey } = fields;
  const { line, choice } = formLines('host', fields, set);
  const wantsAddress = kind === 'ssh' || kind === 'http';
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await act(
      'fleet.add',
      {
        name: name.trim(),
        ...(kind === 'local' && { local: true }),
        ...(kind === 'push' && { push: true }),
        ...(kind === 'ssh' && {
          ssh: address.trim(),
          acceptKey,
          ...(identity.trim() !== '' && { identity: identity.trim() }),
        }),
        ...(kind === 'http' && { http: address.trim() }),
        every: every.trim(),
        ...(parent.trim() !== '' && { parent: parent.trim() }),
      },
      {
        says: ({ acceptedKey }) =>
          acceptedKey === null
            ? `${name} is watched.`
            : `${name} is watched. Its key: ${acceptedKey.type} ${acceptedKey.fingerprint}`,
      },
    );
    if (answer === undefined) return;
    onSaved();
    if (answer.token === null) onClose();
    else setToken(answer.token);
  };
  if (token !== null)
    return html`<${Dialog} title=${`The token of ${name}`} wide onClose=${onClose}>
      <p class="prose">It is shown this once. On the host, every ${every}:</p>
      <${Code}
        text=${`NINJAD_FLEET_TOKEN=${token} ninjad fleet report --to ${location.origin}/fleet/push/${name}`}
        label="What to run on the host"
      />
      <div class="actions end"><${Button} kind="primary" onClick=${onClose}>Done<//></div>
    <//>`;
  return html`<${Dialog} title="Add a host" wide onClose=${onClose}>
    <form class="stack" onSubmit=${save}>
      ${line('name', 'What it is called', { hint: 'Letters, digits and . _ -', verbatim: true })}
      ${choice('kind', 'How it is asked', kinds)}
      ${wantsAddress ? line('address', 'Where', { hint: hints[kind] ?? '', verbatim: true }) : null}
      ${
        kind === 'ssh'
          ? html`${line('identity', 'Private key', { hint: 'A file on the machine of ninjad; empty for what ssh takes by itself', verbatim: true })}
              <label class="check"
                ><input
                  type="checkbox"
                  checked=${acceptKey}
                  onChange=${(/** @type {any} */ event) => set({ acceptKey: event.target.checked })}
                />
                Accept the host key that it shows now; its fingerprint is told</label
              >`
          : null
      }
      <div class="host-pair">
        ${line('every', 'How often', { hint: '30s, 1m, 1h', verbatim: true })}
        ${line('parent', 'Behind which host', { hint: 'Empty for none', verbatim: true })}
      </div>
      <div class="actions end">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button}
          kind="primary"
          type="submit"
          disabled=${name.trim() === '' || (wantsAddress && address.trim() === '')}
          >Add it<//
        >
      </div>
    </form>
  <//>`;
}
