const most = 127;

/** A matrix in whole numbers from -127 to 127; each value is its number times the scale of its column or row. */
export interface Quantized {
  quantized: Int8Array;
  scales: Float32Array;
}

/** Quantises a matrix, given row by row, with a scale for each column. */
export function quantizeColumns(values: Float32Array, columns: number): Quantized {
  return quantize(values, columns, (at) => at % columns);
}

/** Quantises a matrix, given row by row, with a scale for each row. */
export function quantizeRows(values: Float32Array, columns: number): Quantized {
  return quantize(values, values.length / columns, (at) => Math.floor(at / columns));
}

function quantize(values: Float32Array, groups: number, groupOf: (at: number) => number): Quantized {
  const scales = new Float32Array(groups);
  for (const [at, value] of values.entries())
    scales[groupOf(at)] = Math.max(scales[groupOf(at)] ?? 0, Math.abs(value) / most);
  const quantized = new Int8Array(values.length);
  for (const [at, value] of values.entries()) {
    const scale = scales[groupOf(at)] ?? 0;
    quantized[at] = scale === 0 ? 0 : Math.round(value / scale);
  }
  return { quantized, scales };
}
