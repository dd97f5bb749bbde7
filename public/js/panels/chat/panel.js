/** Panel of the chat. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'chat',
  label: 'Chat',
  key: 'c',
  icon: 'M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z',
  says: 'Talk to it',
  load: async () => (await import('./chat.js')).ChatPanel,
  mark: ({ unread }) => ({ count: unread, tone: 'cyan', says: 'unread' }),
});
