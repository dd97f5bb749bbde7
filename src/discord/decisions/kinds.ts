import { deadLetterDecisions } from './dead-letters.ts';
import { findingDecisions } from './findings.ts';
import type { DecisionKind } from './subject.ts';
import { wishDecisions } from './wishes.ts';

/** What the owner may decide in Discord: one line a kind. */
export const decisionKinds: readonly DecisionKind[] = [wishDecisions, findingDecisions, deadLetterDecisions];
