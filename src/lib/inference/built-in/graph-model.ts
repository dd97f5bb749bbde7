import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A constant of a TensorFlow.js graph, row by row. */
export interface GraphWeight {
  shape: readonly number[];
  values: Float32Array | Int32Array;
}

const manifest = z.looseObject({
  weightsManifest: z.array(
    z.looseObject({
      paths: z.array(z.string()),
      weights: z.array(
        z.strictObject({
          name: z.string(),
          shape: z.array(z.int().nonnegative()),
          dtype: z.enum(['float32', 'int32']),
        }),
      ),
    }),
  ),
});

/**
 * Reads the weights of a TensorFlow.js graph model (`model.json` and its shards), by name. Rejects where they are of another
 * form, such as quantised ones, or where bytes are missing.
 */
export async function readGraphWeights(folder: string): Promise<Map<string, GraphWeight>> {
  const parsed = manifest.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')));
  const found = new Map<string, GraphWeight>();
  for (const { paths, weights } of parsed.weightsManifest) {
    const shards = await Promise.all(paths.map((path) => readFile(join(folder, path))));
    // A copy, so that the numbers begin where a number may.
    const bytes = new Uint8Array(Buffer.concat(shards)).buffer;
    let at = 0;
    for (const { name, shape, dtype } of weights) {
      const count = shape.reduce((product, size) => product * size, 1);
      if (at + 4 * count > bytes.byteLength)
        throw new Error(`${folder}: expected ${4 * count} bytes of ${name}, got ${bytes.byteLength - at}`);
      const values =
        dtype === 'float32' ? new Float32Array(bytes, at, count) : new Int32Array(bytes, at, count);
      found.set(name, { shape, values });
      at += 4 * count;
    }
  }
  return found;
}
