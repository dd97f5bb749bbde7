/** What the chat itself understands. */
const own = ['/new', '/open ', '/conversations', '/quit', '/exit'];

/** The slash commands that a typed line may be the beginning of: those of the chat, and those of the daemon. */
export async function slashWords(line: string): Promise<string[]> {
  if (!line.startsWith('/')) return [];
  // Only a Tab needs them, and they take long to load.
  const [{ commandsOf }, { declaredReflexes }] = await Promise.all([
    import('../../lib/reflexes/declaration.ts'),
    import('../../reflexes.ts'),
  ]);
  const known = commandsOf(declaredReflexes).map(({ usage }) => {
    const [word = '', argument] = usage.split(' ');
    return argument === undefined ? word : `${word} `;
  });
  return [...known, ...own].filter((word) => word.startsWith(line)).sort();
}
