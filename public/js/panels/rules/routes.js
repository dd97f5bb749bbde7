/** @typedef {import('./rules.js').RuleList['routes']} Routes */

/** What becomes of an event by a route, in words. @param {Routes} routes @param {string} route */
export function routeWords(routes, route) {
  return routes.find((one) => one.route === route)?.says ?? route;
}

/** A task is at work, what is answered or kept is done with, and what is dropped is gone. @param {string} route */
export function routeTone(route) {
  if (route === 'task') return 'cyan';
  return route === 'drop' ? 'soft' : 'green';
}
