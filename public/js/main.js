/** Runs before the document is whole: the daemon is asked while the rest of the page is still on its way. */
const isDoor = location.pathname === '/enter';
void import('./shell/theme.js').then(({ followTheme }) => followTheme());
const view = isDoor ? import('./enter.js') : import('./app.js');
if (!isDoor) {
  const [{ followPulse }, { connect }] = await Promise.all([
    import('./state/live.js'),
    import('./link/connection.js'),
  ]);
  followPulse();
  connect();
}
if (document.readyState === 'loading')
  await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
(await view).start(/** @type {HTMLElement} */ (document.getElementById('app')));

export {};
