import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The packages that run models. They are optional: one whose install script cannot reach its vendor's host is left out. */
const runtimePackages = ['@huggingface/transformers', 'onnxruntime-node'] as const;

/** Why no model can run on this installation, and how it gets what is missing; undefined where all is there. */
export function missingRuntime(lookIn: readonly string[] = packageFolders()): string | undefined {
  const missing = runtimePackages.filter(
    (name) => !lookIn.some((folder) => existsSync(join(folder, name, 'package.json'))),
  );
  if (missing.length === 0) return undefined;
  return (
    `the runtime of the models is not installed (${missing.join(', ')}): its install script could not reach its vendor's host; ` +
    'ONNXRUNTIME_NODE_INSTALL=skip npm install --global ninjad installs it without'
  );
}

/** Where Node looks for packages from here. */
function packageFolders(): string[] {
  return createRequire(import.meta.url).resolve.paths('onnxruntime-node') ?? [];
}
