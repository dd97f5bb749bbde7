import { z } from 'zod';
import { evidenceKinds, evidenceSchema } from '../wishes/evidence.ts';
import type { Proposal } from '../wishes/admit.ts';

/** A reference may be written in one word too: `task:12`. */
const reference = z.preprocess((given) => {
  if (typeof given !== 'string') return given;
  const [, kind, ref] = /^([a-z]+)[: ]\s*(.+)$/s.exec(given.trim()) ?? [];
  return kind === undefined ? given : { kind, ref, note: '' };
}, evidenceSchema);

const line = (max: number) => z.string().trim().min(1).max(max);

const proposalSchema = z.object({
  title: line(120),
  why: line(4_000),
  evidence: z.array(reference).min(1).max(20),
  expected: z.object({ metric: line(200), today: z.number().nullable().optional(), goal: z.number() }),
  measuredBy: line(1_000),
  effort: line(300),
  risk: line(1_000),
});

/** What the model is to answer. */
const answerSchema = z.object({ wishes: z.array(proposalSchema).max(5) });

/** The same for the model, as JSON schema. */
export const answerJsonSchema = {
  type: 'object',
  required: ['wishes'],
  properties: {
    wishes: {
      type: 'array',
      minItems: 0,
      maxItems: 5,
      items: {
        type: 'object',
        required: ['title', 'why', 'evidence', 'expected', 'measuredBy', 'effort', 'risk'],
        properties: {
          title: { type: 'string', maxLength: 120, description: 'what should be different, in one line' },
          why: { type: 'string', maxLength: 4_000, description: 'what is wrong today, with its figures' },
          evidence: {
            type: 'array',
            minItems: 1,
            maxItems: 20,
            items: {
              type: 'object',
              required: ['kind', 'ref', 'note'],
              properties: {
                kind: { enum: [...evidenceKinds] },
                ref: { type: 'string', description: 'one that stands below; nothing else exists' },
                note: { type: 'string', maxLength: 1_000, description: 'what it shows' },
              },
            },
          },
          expected: {
            type: 'object',
            required: ['metric', 'today', 'goal'],
            properties: {
              metric: { type: 'string', description: 'the name of a metric below' },
              today: { type: ['number', 'null'] },
              goal: { type: 'number', description: 'what it is to reach; better than today' },
            },
          },
          measuredBy: { type: 'string', description: 'how one sees that it works' },
          effort: { type: 'string', description: 'small, medium or large, and why' },
          risk: { type: 'string', description: 'what may become worse' },
        },
      },
    },
  },
} as const;

/** Reads the model's answer; a string says what is wrong with it. */
export function readProposals(value: unknown): Proposal[] | string {
  if (value === undefined) return 'the answer has no JSON object';
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
      .join('; ')
      .slice(0, 1_000);
  return parsed.data.wishes.map(({ why, expected: { metric, goal }, ...rest }) => ({
    ...rest,
    description: why,
    expected: { metric, goal },
  }));
}
