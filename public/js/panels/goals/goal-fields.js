/** @typedef {import('./goals.js').Goal} Goal */
/** @typedef {import('../../link/connection.js').RequestOf<'goal.add'>} NewGoal */

/**
 * What the form holds: texts, as they were typed.
 * @typedef {{ name: string, when: string, zone: string, does: 'prompt' | 'reflex', text: string, conversation: string,
 *   category: string, agent: string, model: string, budget: string, timeout: string, missed: string, overlap: string, quiet: string,
 *   condition: string, doneCheck: string }} Fields
 */

/** The form of a goal, or of a new one. @param {Goal | null} goal @returns {Fields} */
export function fieldsOf(goal) {
  const { name = '', when = '', zone = '', prompt = '', reflex = null, conversation, category } = goal ?? {};
  const { agent, model, budgetUsd, timeout, missed, overlap, quiet, condition, doneCheck } = goal ?? {};
  return {
    ...{ name, when, zone, does: reflex === null ? 'prompt' : 'reflex', text: reflex ?? prompt ?? '' },
    ...{
      conversation: conversation ?? '',
      category: category ?? 'goal',
      agent: agent ?? '',
      model: model ?? '',
    },
    ...{
      budget: budgetUsd == null ? '' : String(budgetUsd),
      timeout: timeout ?? '30m',
      missed: missed ?? 'skip',
    },
    ...{ overlap: overlap ?? 'skip', quiet: quiet ?? '', condition: condition ?? '' },
    doneCheck: doneCheck == null ? '' : typeof doneCheck === 'string' ? doneCheck : JSON.stringify(doneCheck),
  };
}

/**
 * What is sent for a new goal: empty fields are left out. Throws where the budget is no amount.
 * @param {Fields} fields @returns {NewGoal}
 */
export function newGoal(fields) {
  const { name, when, zone, category, timeout, missed, overlap } = trimmed(fields);
  const optional = Object.entries(setTerms(fields)).filter(([, value]) => value !== null);
  const named = Object.entries({ zone, category, timeout }).filter(([, value]) => value !== '');
  return /** @type {NewGoal} */ ({
    ...{ name, when, missed, overlap },
    ...Object.fromEntries(named),
    ...Object.fromEntries(optional),
  });
}

/**
 * What is sent for a changed goal: only what has changed, null for what was taken away.
 * @param {Fields} before @param {Fields} fields
 */
export function changeOf(before, fields) {
  const [old, now] = [
    { ...trimmed(before), ...setTerms(before) },
    { ...trimmed(fields), ...setTerms(fields) },
  ];
  const names = /** @type {const} */ ([
    ...[
      'when',
      'zone',
      'category',
      'timeout',
      'missed',
      'overlap',
      'prompt',
      'reflex',
      'conversation',
      'agent',
      'model',
    ],
    ...['budget', 'quiet', 'condition', 'doneCheck'],
  ]);
  const changed = names.filter((name) => /** @type {any} */ (old)[name] !== /** @type {any} */ (now)[name]);
  return /** @type {Omit<import('../../link/connection.js').RequestOf<'goal.edit'>, 'id'>} */ (
    Object.fromEntries(changed.map((name) => [name, /** @type {any} */ (now)[name]]))
  );
}

/** @param {Fields} fields */
function setTerms(fields) {
  const { does, text, conversation, agent, model, budget, quiet, condition, doneCheck } = trimmed(fields);
  const usd = budget === '' ? null : Number(budget.replace(/^\$/, ''));
  if (usd !== null && !(usd > 0)) throw new Error('The budget is an amount in US dollars, such as 0.50.');
  return {
    prompt: does === 'prompt' ? orNull(text) : null,
    reflex: does === 'reflex' ? orNull(text) : null,
    ...{
      conversation: orNull(conversation),
      agent: orNull(agent),
      model: orNull(model),
      budget: usd,
      quiet: orNull(quiet),
    },
    ...{ condition: orNull(condition), doneCheck: orNull(doneCheck) },
  };
}

/** @param {Fields} fields @returns {Fields} */
function trimmed(fields) {
  return /** @type {Fields} */ (
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()]))
  );
}

/** @param {string} text */
function orNull(text) {
  return text === '' ? null : text;
}
