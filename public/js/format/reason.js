/**
 * Why a task ended, without what only a shell can do: the page has a button for it, and shows the transcript itself.
 * @param {string} reason as the task's row has it
 */
export function reasonText(reason) {
  return reason
    .replace(/,? (?:then|To try again:) `(?:npx )?ninjad task \d+ --retry`\.$/, '.')
    .replace(/\.\.$/, '.')
    .replace(/ by `--transcript`/, ' in its transcript');
}
