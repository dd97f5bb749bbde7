import { packagePath } from '../../package-root.ts';

/** The encoder that the build makes of an npm package, as it is named in settings, rows and faces. */
export const builtInModel = 'built-in/use-lite-en';

/** The folder of models into which the build puts it. */
export function builtInModelsDir(): string {
  return packagePath('dist', 'models');
}
