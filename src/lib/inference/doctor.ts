import { join } from 'node:path';
import { describeModel } from './describe-model.ts';
import { findModel } from './find-model.ts';
import { modelRoles } from './work.ts';
import { type CheckResult, ok, warn } from '../doctor/check-result.ts';
import type { ValuesOf } from '../config/schema.ts';
import { type Checks, settingOf, type Subject } from '../doctor/subject.ts';
import type { ModelState, ModelStates } from './inference.ts';
import type { inferenceSettings } from './settings.ts';

type InferenceSubject = Subject<
  { inference: { state: ModelState['state'] } & ModelStates },
  ValuesOf<typeof inferenceSettings>
>;

const downloadedRoles = ['embedder', 'reranker', 'ner'] as const;

/** Checks of the models. */
export const inferenceChecks: Checks<InferenceSubject> = { models: checkModels };

/** The models: how they are where a daemon runs, else whether all their files are on this machine. */
export async function checkModels(subject: InferenceSubject): Promise<CheckResult> {
  const { daemon, paths } = subject;
  if (daemon.state === 'running') {
    const { state, ...models } = daemon.status.inference;
    const wanted = modelRoles.filter((role) => models[role].state !== 'off');
    const found = wanted.map((role) => describeModel(role, models[role])).join('; ');
    if (state === 'off') return ok('none wanted');
    if (wanted.every((role) => models[role].state === 'ready')) return ok(found);
    const without =
      state === 'degraded'
        ? 'without an encoder recall is by words alone'
        : 'recall is by meaning, with what is ready';
    return warn(found, 'models that are ready', `${without}; see ninjad status`);
  }
  const folders = [settingOf(subject, 'inference.modelsDir', null), join(paths.home, 'models')];
  const wanted = downloadedRoles.flatMap((role) => settingOf(subject, `inference.${role}`, null) ?? []);
  const missing: string[] = [];
  for (const name of wanted) {
    const found = await Promise.all(
      folders.flatMap((folder) => (folder === null ? [] : findModel(folder, name))),
    );
    if (!found.some(({ kind }) => kind === 'complete')) missing.push(name);
  }
  if (missing.length === 0)
    return ok(wanted.length === 0 ? 'none wanted' : `on this machine: ${wanted.join(', ')}`);
  const found = `not on this machine: ${missing.join(', ')}`;
  if (settingOf(subject, 'inference.allowDownload', true))
    return ok(`${found}; downloaded once, at the start`);
  return warn(
    found,
    'models in inference.modelsDir',
    'put them there or allow inference.allowDownload; without them recall is by words alone',
  );
}
