/** Longest code that is coloured; a reply that is written comes by many times. */
const mostChars = 20_000;

/** Names that people give, and what they mean. @type {Readonly<Record<string, string>>} */
const languages = {
  ...Object.fromEntries(
    'bash c cpp css diff dockerfile go ini java javascript json lua makefile markdown nginx php python ruby rust shell sql typescript xml yaml'
      .split(' ')
      .map((name) => [name, name]),
  ),
  ...{ sh: 'bash', zsh: 'bash', console: 'shell', js: 'javascript', jsx: 'javascript', mjs: 'javascript' },
  ...{ ts: 'typescript', tsx: 'typescript', py: 'python', rb: 'ruby', rs: 'rust', html: 'xml', svg: 'xml' },
  ...{ yml: 'yaml', toml: 'ini', conf: 'ini', md: 'markdown', h: 'c', 'c++': 'cpp', patch: 'diff' },
  ...{ jsonc: 'json', docker: 'dockerfile', make: 'makefile', golang: 'go', psql: 'sql' },
};

/** @type {any} */
let library;
/** @type {Map<string, Promise<void>>} */
const loading = new Map();
/** @type {Set<string>} */
const known = new Set();

/**
 * Colours code where its language is known; the first of each language loads it. Code whose colours could not be loaded stands
 * as it is.
 * @param {HTMLElement} code
 */
export function colour(code) {
  const name = /^language-(\S+)$/.exec(code.className)?.[1]?.toLowerCase() ?? '';
  const language = Object.hasOwn(languages, name) ? languages[name] : undefined;
  const text = code.textContent ?? '';
  if (language === undefined || text.length > mostChars) return;
  if (known.has(language)) {
    code.innerHTML = library.highlight(text, { language, ignoreIllegals: true }).value;
    return;
  }
  load(language).then(
    () => code.isConnected && code.childElementCount === 0 && colour(code),
    () => loading.delete(language),
  );
}

/** @param {string} language */
function load(language) {
  const before = loading.get(language);
  if (before !== undefined) return before;
  const promise = (async () => {
    const [core, grammar] = await Promise.all([
      importModule('/vendor/highlight.js'),
      importModule(`/vendor/highlight-${language}.js`),
    ]);
    library = core.default;
    library.registerLanguage(language, grammar.default);
    known.add(language);
  })();
  loading.set(language, promise);
  return promise;
}

/** @param {string} address @returns {Promise<any>} */
function importModule(address) {
  return import(address);
}
