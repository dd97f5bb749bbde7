import type { ModelPlan } from '../../src/lib/inference/survey-models.ts';
import type { Batch, ModelRole } from '../../src/lib/inference/work.ts';

/** Messages to the inference child over IPC. */
export type ToInferenceChild =
  { type: 'load'; plan: ModelPlan } | { type: 'compute'; batch: Batch } | { type: 'ping' } | { type: 'end' };

/** Messages of the inference child. */
export type FromInferenceChild =
  | { type: 'up' }
  | { type: 'pong' }
  | { type: 'progress'; role: ModelRole; percent: number }
  | { type: 'loaded'; role: ModelRole; model: string; dimensions: number | undefined }
  | { type: 'refused'; role: ModelRole; reason: string; isTemporary: boolean }
  | { type: 'computed'; batchId: number; results: readonly unknown[]; rssBytes: number }
  | { type: 'stumbled'; batchId: number; reason: string };
