const name = 'ninjad.key';

/** The header that shows the key to the daemon, and in which the daemon issues it. */
export const keyHeader = 'x-ninjad-key';

/**
 * The half of the session that this origin guards: the browser sends the cookie, which is the other half, to every port of
 * the host. Undefined where the browser keeps none.
 * @returns {string | undefined}
 */
export function sessionKey() {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Headers for a request that the session has to let in. @returns {Record<string, string>} */
export function keyHeaders() {
  const key = sessionKey();
  return key === undefined ? {} : { [keyHeader]: key };
}

/** Keeps the key; false where the browser keeps nothing for this page. @param {string} key */
export function keepSessionKey(key) {
  try {
    localStorage.setItem(name, key);
    return true;
  } catch {
    return false;
  }
}

/** Ends the session of this browser and goes to the door; resolves to false where the daemon could not be told. */
export async function signOut() {
  const answer = await fetch('/session', { method: 'DELETE', headers: keyHeaders() }).catch(() => undefined);
  if (answer?.ok !== true) return false;
  try {
    localStorage.removeItem(name);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
  location.assign('/enter');
  return true;
}
