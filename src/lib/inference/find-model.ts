import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a model that lie in a folder of models. */
export type FoundModel =
  | { kind: 'complete'; folder: string; precision: ModelPrecision }
  | { kind: 'incomplete'; folder: string; lacks: readonly string[] }
  | { kind: 'absent' };

/** transformers.js' names for the two forms of the weights that are taken. */
export type ModelPrecision = 'q8' | 'fp32';

/** The file with a model's weights below its folder. */
export const weightsFile: Readonly<Record<ModelPrecision, string>> = {
  q8: 'onnx/model_quantized.onnx',
  fp32: 'onnx/model.onnx',
};

const neededFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** Looks whether a folder of models, laid out as on the hub, has all files of a model. Quantised weights go first. */
export async function findModel(root: string, model: string): Promise<FoundModel> {
  const folder = join(root, model);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) return { kind: 'absent' };
  const has = async (file: string): Promise<boolean> => {
    const found = await stat(join(folder, file)).catch(() => undefined);
    return found?.isFile() === true && found.size > 0;
  };
  const lacks: string[] = [];
  for (const file of neededFiles) if (!(await has(file))) lacks.push(file);
  const precision = (await has(weightsFile.q8)) ? 'q8' : 'fp32';
  if (precision === 'fp32' && !(await has(weightsFile.fp32))) lacks.push(weightsFile.fp32);
  return lacks.length === 0 ? { kind: 'complete', folder, precision } : { kind: 'incomplete', folder, lacks };
}
