import { type Term, glossary } from '../../lib/glossary.ts';
import { nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';

/** A word with what it means, as every face has it. */
export type WordView = Pick<Term, 'word' | 'means'>;

/** Operations of the glossary. */
export const wordOperations = {
  'words.list': operation('GET /words', nothing, (_needs: object): Promise<WordView[]> =>
    Promise.resolve(glossary.map(({ word, means }) => ({ word, means }))),
  ),
};
