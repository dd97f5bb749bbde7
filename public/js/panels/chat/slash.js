/**
 * The commands that a text may go on to: those whose name begins with what stands after its slash. None once there is a space.
 * @param {string} text @param {readonly { usage: string, does: string }[]} commands
 */
export function commandsFor(text, commands) {
  if (!/^\/\S*$/.test(text)) return [];
  return commands.filter(({ usage }) => usage.startsWith(text));
}

/** What stands in the field once a command is chosen: its name, and room for what it takes. @param {string} usage */
export function chosenCommand(usage) {
  const [name = usage] = usage.split(' ');
  return usage === name ? name : `${name} `;
}
