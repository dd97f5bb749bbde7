/**
 * A command of ours as it is to be typed: with `ninjad` named as the daemon was started, which the page carries.
 * @param {string} line without the name @returns {string}
 */
export function shellCommand(line) {
  return `${document.documentElement.dataset['command'] ?? 'ninjad'} ${line}`;
}
