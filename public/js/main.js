const element = /** @type {HTMLElement} */ (document.getElementById('app'));

if (location.pathname === '/enter') {
  const { showDoor } = await import('./enter.js');
  showDoor(element);
} else {
  const { start } = await import('./app.js');
  start(element);
}

export {};
