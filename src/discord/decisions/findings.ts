import { type Finding, findFinding, listFindings } from '../../findings/rows.ts';
import type { DecisionKind, Subject } from './subject.ts';

/** Findings that are open: to become a wish, or not. */
export const findingDecisions: DecisionKind = {
  name: 'finding',
  label: 'Finding',
  lists: ['findings.list'],
  // What is not measured any more was decided by nobody, whatever was said of it before.
  acts: `action = 'finding.' || (SELECT state FROM optimization_findings WHERE id = $1) AND detail->>'finding' = $1::bigint::text`,
  choices: [
    { name: 'accept', label: 'Make it a wish', tone: 'good', request: (id) => decide(id, 'accept') },
    { name: 'dismiss', label: 'Dismiss', tone: 'plain', request: (id) => decide(id, 'dismiss') },
    { name: 'snooze', label: 'Snooze for a week', tone: 'plain', request: (id) => decide(id, 'snooze') },
  ],
  open: async (store, limit) =>
    (await listFindings(store, { state: 'open', limit })).map(subjectOf).reverse(),
  async find(store, id) {
    const finding = await findFinding(store, id);
    return finding === undefined ? undefined : subjectOf(finding);
  },
};

function decide(id: number, decision: 'accept' | 'dismiss' | 'snooze') {
  return { operation: 'finding.decide', input: { id, decision } };
}

function subjectOf({ id, kind, severity, summary, remedy, state, decidedAt }: Finding): Subject {
  return {
    id,
    title: `${severity}: ${kind.replaceAll('_', ' ')}`,
    text: remedy === '' ? summary : `${summary}\n\n${remedy}`,
    decided: state === 'open' ? null : state,
    decidedAt,
    version: [state, kind, severity, summary].join('\n'),
  };
}
