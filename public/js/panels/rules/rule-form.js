/** @typedef {import('../../../../src/operations.ts').Answers['rule.get']['rule']} Rule */

/**
 * A rule as its form holds it: texts, with one pattern a line.
 * @typedef {object} RuleForm
 * @property {string} name
 * @property {string} about
 * @property {string} source
 * @property {string} category
 * @property {readonly string[]} priority
 * @property {string} command
 * @property {string} text
 * @property {string} fields a line each, `from: *@example.org`
 * @property {boolean} ignoreCase
 * @property {string} route empty for a rule that chooses none
 * @property {string} setPriority
 * @property {string} permissionCategory
 * @property {string} agent empty for the default one
 * @property {string} throttleCount
 * @property {string} throttlePer
 * @property {string} throttleBy
 * @property {string} quietHours
 * @property {string} quietZone
 * @property {string} quietThen
 */

/** Form of a new rule. @type {RuleForm} */
export const emptyForm = {
  name: '',
  about: '',
  source: '',
  category: '',
  priority: [],
  command: '',
  text: '',
  fields: '',
  ignoreCase: false,
  route: 'task',
  setPriority: '',
  permissionCategory: '',
  agent: '',
  throttleCount: '',
  throttlePer: '',
  throttleBy: 'rule',
  quietHours: '',
  quietZone: '',
  quietThen: 'hold',
};

const nameChars = 40;

/**
 * Form of a rule that takes events like one: of its source and category, and led where that one goes.
 * @param {{ source: string, category: string, route: string }} event @returns {RuleForm}
 */
export function formLike({ source, category, route }) {
  const name = `${source}-${category}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, nameChars)
    .replace(/^-+|-+$/g, '');
  return { ...emptyForm, name, source, category, route };
}

/** @param {Rule} rule @returns {RuleForm} */
export function formOf(rule) {
  const { throttle, quiet } = rule;
  return {
    name: rule.name,
    about: rule.about ?? '',
    source: lines(rule.source),
    category: lines(rule.category),
    priority: listed(rule.priority),
    command: lines(rule.command),
    text: lines(rule.text),
    fields: Object.entries(rule.fields ?? {})
      .flatMap(([name, patterns]) => listed(patterns).map((pattern) => `${name}: ${pattern}`))
      .join('\n'),
    ignoreCase: rule.ignoreCase === true,
    route: rule.route ?? '',
    setPriority: rule.setPriority ?? '',
    permissionCategory: rule.permissionCategory ?? '',
    agent: rule.agent ?? '',
    throttleCount: throttle === undefined ? '' : String(throttle.count),
    throttlePer: throttle?.per ?? '',
    throttleBy: throttle?.by ?? 'rule',
    quietHours: quiet?.hours ?? '',
    quietZone: quiet?.zone ?? '',
    quietThen: quiet?.then ?? 'hold',
  };
}

/**
 * The rule that a form describes; the daemon checks it. What is left empty is not said.
 * @param {RuleForm} form @returns {Record<string, unknown>}
 */
export function ruleOfForm(form) {
  const { throttleCount, throttlePer, quietHours, quietZone } = form;
  const said = {
    name: form.name.trim(),
    about: form.about.trim(),
    source: patterns(form.source),
    category: patterns(form.category),
    priority: one(form.priority),
    command: patterns(form.command),
    text: patterns(form.text),
    fields: fieldsOf(form.fields),
    ignoreCase: form.ignoreCase ? true : '',
    route: form.route,
    setPriority: form.setPriority,
    permissionCategory: form.permissionCategory.trim(),
    agent: form.agent,
    throttle:
      throttleCount.trim() === '' && throttlePer.trim() === ''
        ? ''
        : {
            count: Number(throttleCount.trim() || Number.NaN),
            per: throttlePer.trim(),
            ...(form.throttleBy === 'source' && { by: 'source' }),
          },
    quiet:
      quietHours.trim() === ''
        ? ''
        : {
            hours: quietHours.trim(),
            ...(quietZone.trim() !== '' && { zone: quietZone.trim() }),
            ...(form.quietThen === 'lower' && { then: 'lower' }),
          },
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

/**
 * What has to change of a rule to become what its form says; null takes a field away.
 * @param {Rule} before @param {RuleForm} form @returns {Record<string, unknown>}
 */
export function changesOf(before, form) {
  const was = ruleOfForm(formOf(before));
  const now = ruleOfForm(form);
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(now[name]))
      .map((name) => [name, now[name] ?? null]),
  );
}

/** @param {string | readonly string[] | undefined} value */
function listed(value) {
  return value === undefined ? [] : [value].flat();
}

/** @param {string | readonly string[] | undefined} value */
function lines(value) {
  return listed(value).join('\n');
}

/** @param {string} text */
function patterns(text) {
  return one(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

/** @param {readonly string[]} values */
function one(values) {
  return values.length === 0 ? '' : values.length === 1 ? (values[0] ?? '') : values;
}

/** @param {string} text */
function fieldsOf(text) {
  /** @type {Map<string, string[]>} */
  const fields = new Map();
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    const name = (at === -1 ? line : line.slice(0, at)).trim();
    if (name === '') continue;
    const pattern = at === -1 ? '*' : line.slice(at + 1).trim();
    fields.set(name, [...(fields.get(name) ?? []), pattern === '' ? '*' : pattern]);
  }
  return fields.size === 0 ? '' : Object.fromEntries([...fields].map(([name, found]) => [name, one(found)]));
}
