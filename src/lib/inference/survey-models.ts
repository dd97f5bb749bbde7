import { builtInModel } from './built-in/built-in-model.ts';
import { findModel, type ModelPrecision } from './find-model.ts';
import { hubProblem } from './hub-problem.ts';
import type { ModelState } from './inference.ts';
import { missingRuntime } from './runtime.ts';
import { type ModelRole, modelRoles } from './work.ts';

/** Models that there should be, and the places they may come from. */
export interface ModelSources {
  models: Readonly<Record<Exclude<ModelRole, 'builtIn'>, string | null>>;
  /** The folder of models into which the build puts its encoder; null does without. */
  builtInDir: string | null;
  /** The owner's folder of models. */
  modelsDir: string | null;
  /** Folder into which downloads go, and in which they lie from then on. */
  cacheDir: string;
  allowDownload: boolean;
  /** Address of the hub. */
  hub: string;
  /** Why nothing could run a model; for tests. Default: looks for the packages. */
  missing?: () => string | undefined;
}

/** A model that can be loaded: from its folder, or from the hub into the cache. */
export interface ModelPlan {
  role: ModelRole;
  model: string;
  precision: ModelPrecision;
  from: { kind: 'folder'; folder: string } | { kind: 'hub'; hub: string; cacheDir: string };
}

/** A plan, or the state of a model that cannot be loaded. */
export type ModelOutlook =
  { plan: ModelPlan } | { state: Exclude<ModelState, { state: 'ready' | 'loading' }> };

/**
 * Looks for each model in the owner's folder, then in the cache, then on the hub, which is asked whether it has it.
 * Loads and downloads nothing.
 */
export async function surveyModels(
  sources: ModelSources,
  signal: AbortSignal,
): Promise<Record<ModelRole, ModelOutlook>> {
  const missing = (sources.missing ?? missingRuntime)();
  const outlookOf = async (role: ModelRole): Promise<ModelOutlook> =>
    missing === undefined || !isWanted(role, sources)
      ? look(role, sources, signal)
      : { state: { state: 'degraded', reason: missing } };
  const outlooks = await Promise.all(modelRoles.map(outlookOf));
  return Object.fromEntries(modelRoles.map((role, index) => [role, outlooks[index]])) as Record<
    ModelRole,
    ModelOutlook
  >;
}

function isWanted(role: ModelRole, { models, builtInDir }: ModelSources): boolean {
  return (role === 'builtIn' ? builtInDir : models[role]) !== null;
}

async function lookAtBuiltIn(root: string | null): Promise<ModelOutlook> {
  if (root === null) return { state: { state: 'off' } };
  const found = await findModel(root, builtInModel);
  if (found.kind === 'complete') {
    const { folder, precision } = found;
    return { plan: { role: 'builtIn', model: builtInModel, precision, from: { kind: 'folder', folder } } };
  }
  const reason = `it is not built: ${root} has no ${builtInModel} (npm run build makes it, with the development packages)`;
  return { state: { state: 'failed', reason } };
}

async function look(role: ModelRole, sources: ModelSources, signal: AbortSignal): Promise<ModelOutlook> {
  if (role === 'builtIn') return lookAtBuiltIn(sources.builtInDir);
  const { modelsDir, cacheDir, allowDownload, hub } = sources;
  const model = sources.models[role];
  if (model === null) return { state: { state: 'off' } };
  const complaints: string[] = [];
  for (const root of modelsDir === null ? [cacheDir] : [modelsDir, cacheDir]) {
    const found = await findModel(root, model);
    if (found.kind === 'complete') {
      const { folder, precision } = found;
      return { plan: { role, model, precision, from: { kind: 'folder', folder } } };
    }
    // A half of a model in the cache is a download that was cut off.
    if (found.kind === 'incomplete' && root === modelsDir)
      complaints.push(`${found.folder} lacks ${found.lacks.join(', ')}`);
  }
  const offline = allowDownload ? await hubProblem(hub, model, signal) : undefined;
  if (allowDownload && offline === undefined)
    return { plan: { role, model, precision: 'q8', from: { kind: 'hub', hub, cacheDir } } };
  const problem = offline ?? 'downloads are switched off';
  return complaints.length > 0
    ? { state: { state: 'failed', reason: [...complaints, problem].join('; ') } }
    : { state: { state: 'degraded', reason: `${model} is not on this machine, and ${problem}` } };
}
