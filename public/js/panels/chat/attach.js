import { request } from '../../link/connection.js';

export const mostFiles = 10;
export const mostBytes = 20 * 1024 * 1024;
/** Bytes of one piece: as base64 it fits into a frame of the socket. */
const pieceBytes = 240 * 1024;

/**
 * A file that goes with the next message.
 * @typedef {object} Attachment
 * @property {string} upload made once for each file: sent again it doubles nothing
 * @property {string} name
 * @property {number} bytes
 * @property {'sending' | 'there' | 'refused'} state
 * @property {string} [problem]
 */

/**
 * Brings a file to the daemon, piece by piece, and tells of each change.
 * @param {File} file @param {(attachment: Attachment) => void} onChange
 */
export async function attach(file, onChange) {
  /** @type {Attachment} */
  const attachment = {
    upload: crypto.randomUUID(),
    name: file.name === '' ? 'pasted.png' : file.name.slice(0, 200),
    bytes: file.size,
    state: 'sending',
  };
  onChange(attachment);
  const problem =
    file.size === 0
      ? 'it is empty'
      : file.size > mostBytes
        ? `it has more than ${mostBytes / 1024 / 1024} MB`
        : await send(file, attachment).then(
            () => undefined,
            (/** @type {Error} */ error) => error.message,
          );
  onChange({
    ...attachment,
    state: problem === undefined ? 'there' : 'refused',
    ...(problem !== undefined && { problem }),
  });
}

/** @param {File} file @param {Attachment} attachment */
async function send(file, { upload, name }) {
  for (let offset = 0; offset < file.size; offset += pieceBytes) {
    const bytes = new Uint8Array(await file.slice(offset, offset + pieceBytes).arrayBuffer());
    await request('chat.attach', { upload, name, offset, totalBytes: file.size, data: base64(bytes) });
  }
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = '';
  // In steps, since a call takes so many arguments only.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
