import type { RecallAnswer } from '../memory/recall/requests.ts';
import { shortcomingsOf } from '../memory/recall/shortcomings.ts';
import { dayName } from '../lib/local-time.ts';
import { paint } from './paint.ts';
import { oneLine, printable } from './printable.ts';

type Candidate = RecallAnswer['candidates'][number];

/** What was recalled, for people: each memory under a line that says where it comes from. */
export function recallLines(answer: RecallAnswer): string[] {
  if (answer.memories.length === 0) return ['nothing close is remembered', ...shortcomings(answer)];
  return [
    ...answer.memories.flatMap(({ id, kind, source, trust, createdAt, content }) => [
      paint(
        'dim',
        oneLine(`${id}  ${kind} from ${source}, trust: ${trust}, ${dayName(new Date(createdAt))}`),
      ),
      ...printable(content).split('\n'),
      '',
    ]),
    ...shortcomings(answer),
  ];
}

/** Every candidate with what each stage thought of it, and how long the stages took. */
export function explanationLines(answer: RecallAnswer): string[] {
  const { embedder, reranker, vectors, timings, candidates } = answer;
  const candidateLines = candidates.flatMap((candidate, index) => candidateParts(candidate, index));
  return [
    ...(candidates.length === 0 ? ['no candidate was found', ''] : candidateLines),
    oneLine(
      `embedder ${embedder.model}, vectors searched: ${vectors}; reranker ${reranker.model ?? 'not used'}`,
    ),
    ...shortcomings(answer),
    `took ${timings.map(({ stage, ms }) => `${stage} ${ms.toFixed(1)} ms`).join(', ')}`,
  ];
}

function candidateParts(candidate: Candidate, index: number): string[] {
  const { id, kind, content, fused, reranked, decay, score, verdict, included, found } = candidate;
  const head = `${index + 1}. ${id} (${kind}) ${verdict}`;
  const stages = [
    `fused ${fused.toFixed(4)}`,
    ...(reranked === null ? [] : [`reranked ${reranked.toFixed(3)}`]),
    ...(decay === null ? [] : [`age × ${decay.toFixed(3)}`]),
    `score ${score.toFixed(3)}`,
  ];
  return [
    paint(included ? 'green' : 'dim', oneLine(head)),
    `   ${oneLine(content).slice(0, 160)}`,
    ...found.map(
      ({ retriever, rank, score: own, reason }) =>
        `   ${oneLine(`${retriever}: rank ${rank}, ${own.toFixed(3)}${reason === null ? '' : ` (${reason})`}`)}`,
    ),
    `   ${stages.join(', ')}`,
    '',
  ];
}

function shortcomings(answer: RecallAnswer): string[] {
  return shortcomingsOf(answer).map(oneLine);
}
