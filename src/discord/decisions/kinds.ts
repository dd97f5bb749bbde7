import { deadLetterDecisions } from './dead-letters.ts';
import { doubtDecisions } from './doubts.ts';
import { findingDecisions } from './findings.ts';
import { silenceDecisions } from './silences.ts';
import type { DecisionKind } from './subject.ts';
import { wishDecisions } from './wishes.ts';

/** What the owner may decide in Discord: one line a kind, what a person waits for first. */
export const decisionKinds: readonly DecisionKind[] = [
  doubtDecisions,
  silenceDecisions,
  wishDecisions,
  findingDecisions,
  deadLetterDecisions,
];
