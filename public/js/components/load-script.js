/** @type {Map<string, Promise<any>>} */
const loading = new Map();

/**
 * Loads a library that is no ES module and resolves to what it leaves in the page; once for each address. A failure may
 * be tried again.
 * @param {string} address @param {string} name of the global that it sets
 * @returns {Promise<any>}
 */
export function loadScript(address, name) {
  const known = loading.get(address);
  if (known !== undefined) return known;
  const promise = new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve(/** @type {any} */ (globalThis)[name]);
    script.onerror = () => reject(new Error(`${address} could not be loaded`));
    document.head.append(script);
  }).catch((thrown) => {
    loading.delete(address);
    throw thrown;
  });
  loading.set(address, promise);
  return promise;
}
