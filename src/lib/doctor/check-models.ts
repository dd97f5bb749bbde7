import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, ok, warn } from './finding.ts';
import { settingOf, type Subject } from './subject.ts';

const keys = ['inference.embedder', 'inference.reranker', 'inference.ner'] as const;

/** The models: how they are where a daemon runs, else whether they are on this machine. */
export function checkModels(subject: Subject): Finding {
  const { daemon, paths } = subject;
  if (daemon.state === 'running') {
    const { state, embedder, reranker } = daemon.status.inference;
    const found = [state, embedder, reranker].filter((word) => word !== null).join(', ');
    if (state === 'ready') return ok(found);
    return warn(found, 'models that are ready', 'without them recall is by words alone; see ninjad status');
  }
  const folders = [settingOf(subject, 'inference.modelsDir', null), join(paths.home, 'models')];
  const wanted = keys.flatMap((key) => settingOf(subject, key, null) ?? []);
  const missing = wanted.filter(
    (name) => !folders.some((folder) => folder !== null && existsSync(join(folder, name))),
  );
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
