import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A tensor, row by row; whole numbers and truth values are numbers too. */
export interface Tensor {
  shape: number[];
  data: number[] | Float32Array;
}

interface Node {
  op: string;
  name: string;
  input?: string[];
  attr?: Record<string, { i?: string; b?: boolean; list?: { i?: string[] } }>;
}

/**
 * Computes a TensorFlow.js graph model in float, operation by operation as the graph has them: slow, and without any knowledge
 * of what the graph is. Knows the operations of the Universal Sentence Encoder lite.
 */
export function interpretGraph(
  folder: string,
  weights: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array | Int32Array }>,
) {
  const { modelTopology } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: { node: Node[] };
  };
  const nodes = new Map(modelTopology.node.map((node) => [node.name, node]));
  const last = modelTopology.node.at(-1)?.name ?? '';
  const constants = new Map<string, Tensor>(
    [...weights].map(([name, { shape, values }]) => [
      name,
      { shape: [...shape], data: values instanceof Float32Array ? values : [...values] },
    ]),
  );

  return (inputs: Record<string, Tensor>, output = last): Tensor => {
    const done = new Map<string, Tensor[]>(Object.entries(inputs).map(([name, tensor]) => [name, [tensor]]));
    const compute = (reference: string): Tensor => {
      const [name = '', port = '0'] = reference.split(':');
      const known = constants.get(name) ?? done.get(name)?.[Number(port)];
      if (known !== undefined) return known;
      const node = nodes.get(name);
      if (node === undefined) throw new Error(`there is no node ${name}`);
      const given = (node.input ?? []).filter((input) => !input.startsWith('^')).map(compute);
      const result = run(node, given);
      done.set(name, result);
      return result[Number(port)] as Tensor;
    };
    return compute(output);
  };
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const scalar = (tensor: Tensor | undefined): number => tensor?.data[0] ?? 0;
const list = (tensor: Tensor | undefined): number[] => [...(tensor?.data ?? [])];
const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function strides(shape: readonly number[]): number[] {
  const result = shape.map(() => 1);
  for (let at = shape.length - 2; at >= 0; at -= 1) result[at] = (result[at + 1] ?? 1) * (shape[at + 1] ?? 1);
  return result;
}

/** Calls with the place of each element, in order. */
function places(shape: readonly number[], visit: (place: readonly number[], index: number) => void): void {
  const place = shape.map(() => 0);
  for (let index = 0; index < size(shape); index += 1) {
    visit(place, index);
    for (let at = shape.length - 1; at >= 0; at -= 1) {
      place[at] = (place[at] ?? 0) + 1;
      if ((place[at] ?? 0) < (shape[at] ?? 0)) break;
      place[at] = 0;
    }
  }
}

function unary(tensor: Tensor, f: (value: number) => number): Tensor {
  return { shape: tensor.shape, data: Float32Array.from(tensor.data, f) };
}

function binary(a: Tensor, b: Tensor, f: (x: number, y: number) => number): Tensor {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = [a, b].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = (padded[0] ?? []).map((length, at) => Math.max(length, padded[1]?.[at] ?? 1));
  const steps = padded.map((own) => strides(own).map((stride, at) => (own[at] === 1 ? 0 : stride)));
  const data = new Float32Array(size(shape));
  places(shape, (place, index) => {
    const [x = 0, y = 0] = steps.map((step) =>
      place.reduce((sum, at, axis) => sum + at * (step[axis] ?? 0), 0),
    );
    data[index] = f(a.data[x] ?? 0, b.data[y] ?? 0);
  });
  return { shape, data };
}

function reduce(
  tensor: Tensor,
  axes: readonly number[],
  keep: boolean,
  start: number,
  f: (a: number, b: number) => number,
) {
  const reduced = new Set(axes.map((axis) => axisOf(axis, tensor.shape.length)));
  const kept = tensor.shape.map((length, axis) => (reduced.has(axis) ? 1 : length));
  const steps = strides(kept);
  const data = new Array<number>(size(kept)).fill(start);
  places(tensor.shape, (place, index) => {
    const to = place.reduce((sum, at, axis) => sum + (reduced.has(axis) ? 0 : at * (steps[axis] ?? 0)), 0);
    data[to] = f(data[to] ?? start, tensor.data[index] ?? 0);
  });
  return { shape: keep ? kept : tensor.shape.filter((_, axis) => !reduced.has(axis)), data };
}

function matMul(a: Tensor, b: Tensor, transposeB: boolean): Tensor {
  const [rows = 0, inner = 0] = a.shape.slice(-2);
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
  const batches = size(a.shape.slice(0, -2));
  const data = new Float32Array(batches * rows * columns);
  for (let batch = 0; batch < batches; batch += 1)
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) {
        let sum = 0;
        const left = (batch * rows + row) * inner;
        const right = batch * inner * columns;
        for (let at = 0; at < inner; at += 1)
          sum +=
            (a.data[left + at] ?? 0) *
            (b.data[right + (transposeB ? column * inner + at : at * columns + column)] ?? 0);
        data[(batch * rows + row) * columns + column] = sum;
      }
  return { shape: [...a.shape.slice(0, -2), rows, columns], data };
}

function gather(from: Tensor, indices: Tensor, axis: number): Tensor {
  const outer = size(from.shape.slice(0, axis));
  const inner = size(from.shape.slice(axis + 1));
  const length = from.shape[axis] ?? 0;
  const data: number[] = [];
  for (let at = 0; at < outer; at += 1)
    for (const index of indices.data)
      for (let offset = 0; offset < inner; offset += 1)
        data.push(from.data[(at * length + index) * inner + offset] ?? 0);
  return { shape: [...from.shape.slice(0, axis), ...indices.shape, ...from.shape.slice(axis + 1)], data };
}

function stridedSlice(
  tensor: Tensor,
  begin: number[],
  end: number[],
  mask: (name: string) => number,
): Tensor {
  const ranges = tensor.shape.map((length, axis) => {
    if (axis >= begin.length) return { from: 0, to: length, isShrunk: false };
    const isShrunk = (mask('shrink_axis_mask') & (1 << axis)) !== 0;
    const from = mask('begin_mask') & (1 << axis) && !isShrunk ? 0 : axisOf(begin[axis] ?? 0, length);
    if (isShrunk) return { from, to: from + 1, isShrunk };
    const to = mask('end_mask') & (1 << axis) ? length : axisOf(end[axis] ?? 0, length);
    return { from, to: Math.min(to, length), isShrunk };
  });
  const steps = strides(tensor.shape);
  const data: number[] = [];
  places(
    ranges.map(({ from, to }) => to - from),
    (place) =>
      data.push(
        tensor.data[
          place.reduce((sum, at, axis) => sum + (at + (ranges[axis]?.from ?? 0)) * (steps[axis] ?? 0), 0)
        ] ?? 0,
      ),
  );
  return { shape: ranges.flatMap(({ from, to, isShrunk }) => (isShrunk ? [] : [to - from])), data };
}

function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first = { shape: [], data: [] }] = tensors;
  const at = axisOf(axis, first.shape.length);
  const outer = size(first.shape.slice(0, at));
  const data: number[] = [];
  for (let index = 0; index < outer; index += 1)
    for (const { shape, data: values } of tensors) {
      const inner = size(shape.slice(at));
      data.push(...values.slice(index * inner, (index + 1) * inner));
    }
  const length = tensors.reduce((sum, { shape }) => sum + (shape[at] ?? 0), 0);
  return { shape: first.shape.map((own, place) => (place === at ? length : own)), data };
}

function transpose(tensor: Tensor, order: readonly number[]): Tensor {
  const steps = strides(tensor.shape);
  const shape = order.map((axis) => tensor.shape[axis] ?? 0);
  const data = new Float32Array(tensor.data.length);
  places(shape, (place, index) => {
    data[index] =
      tensor.data[place.reduce((sum, at, axis) => sum + at * (steps[order[axis] ?? 0] ?? 0), 0)] ?? 0;
  });
  return { shape, data };
}

function where(tensor: Tensor): Tensor {
  const data: number[] = [];
  places(tensor.shape, (place, index) => {
    if ((tensor.data[index] ?? 0) !== 0) data.push(...place);
  });
  return { shape: [data.length / tensor.shape.length, tensor.shape.length], data };
}

function scatter(indices: Tensor, updates: Tensor, shape: number[], start = 0): Tensor {
  const depth = indices.shape.at(-1) ?? 0;
  const inner = size(shape.slice(depth));
  const steps = strides(shape);
  const data = new Float32Array(size(shape)).fill(start);
  for (let row = 0; row < indices.data.length / depth; row += 1) {
    let to = 0;
    for (let axis = 0; axis < depth; axis += 1)
      to += (indices.data[row * depth + axis] ?? 0) * (steps[axis] ?? 0);
    for (let at = 0; at < inner; at += 1)
      data[to + at] = updates.data[updates.shape.length === 0 ? 0 : row * inner + at] ?? 0;
  }
  return { shape, data };
}

function gatherNd(from: Tensor, indices: Tensor): Tensor {
  const depth = indices.shape.at(-1) ?? 0;
  const inner = size(from.shape.slice(depth));
  const steps = strides(from.shape);
  const data: number[] = [];
  for (let row = 0; row < indices.data.length / depth; row += 1) {
    let at = 0;
    for (let axis = 0; axis < depth; axis += 1)
      at += (indices.data[row * depth + axis] ?? 0) * (steps[axis] ?? 0);
    data.push(...from.data.slice(at, at + inner));
  }
  return { shape: [...indices.shape.slice(0, -1), ...from.shape.slice(depth)], data };
}

function softmax(tensor: Tensor): Tensor {
  const width = tensor.shape.at(-1) ?? 1;
  const data = Float32Array.from(tensor.data);
  for (let row = 0; row < data.length; row += width) {
    const values = data.subarray(row, row + width);
    const most = Math.max(...values);
    const sum = values.reduce((total, value) => total + Math.exp(value - most), 0);
    values.forEach((value, at) => (values[at] = Math.exp(value - most) / sum));
  }
  return { shape: tensor.shape, data };
}

function split(tensor: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  let from = 0;
  return sizes.map((length) => {
    const begin = tensor.shape.map((_, at) => (at === axis ? from : 0));
    const end = tensor.shape.map((own, at) => (at === axis ? from + length : own));
    from += length;
    return stridedSlice(tensor, begin, end, () => 0);
  });
}

function reshape(tensor: Tensor, wanted: readonly number[]): Tensor {
  const known = wanted.filter((length) => length !== -1).reduce((product, length) => product * length, 1);
  return {
    shape: wanted.map((length) => (length === -1 ? tensor.data.length / known : length)),
    data: tensor.data,
  };
}

function run({ op, attr = {} }: Node, given: readonly Tensor[]): Tensor[] {
  const [a = { shape: [], data: [] }, b = { shape: [], data: [] }, c] = given;
  const mask = (name: string): number => Number(attr[name]?.i ?? 0);
  const keep = attr['keep_dims']?.b === true;
  switch (op) {
    case 'Add':
    case 'BiasAdd':
      return [binary(a, b, (x, y) => x + y)];
    case 'Sub':
      return [binary(a, b, (x, y) => x - y)];
    case 'Mul':
      return [binary(a, b, (x, y) => x * y)];
    case 'RealDiv':
      return [binary(a, b, (x, y) => x / y)];
    case 'Maximum':
      return [binary(a, b, Math.max)];
    case 'Less':
      return [binary(a, b, (x, y) => (x < y ? 1 : 0))];
    case 'Greater':
      return [binary(a, b, (x, y) => (x > y ? 1 : 0))];
    case 'LogicalNot':
      return [unary(a, (x) => (x === 0 ? 1 : 0))];
    case 'Square':
      return [unary(a, (x) => x * x)];
    case 'Rsqrt':
      return [unary(a, (x) => 1 / Math.sqrt(x))];
    case 'Sin':
      return [unary(a, Math.sin)];
    case 'Cos':
      return [unary(a, Math.cos)];
    case 'Tanh':
      return [unary(a, Math.tanh)];
    case 'Relu':
      return [unary(a, (x) => Math.max(0, x))];
    case 'Cast':
      return [a];
    case 'Shape':
      return [{ shape: [a.shape.length], data: [...a.shape] }];
    case 'Reshape':
      return [reshape(a, list(b))];
    case 'ExpandDims': {
      const at = axisOf(scalar(b), a.shape.length + 1);
      return [{ shape: [...a.shape.slice(0, at), 1, ...a.shape.slice(at)], data: a.data }];
    }
    case 'Squeeze': {
      const axes = new Set((attr['squeeze_dims']?.list?.i ?? []).map(Number));
      return [{ shape: a.shape.filter((_, axis) => !axes.has(axis)), data: a.data }];
    }
    case 'Pack':
      return [{ shape: [given.length], data: given.map(scalar) }];
    case 'Range': {
      const [from, to, step] = given.map(scalar) as [number, number, number];
      const data = Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step);
      return [{ shape: [data.length], data }];
    }
    case 'Mean': {
      const sum = reduce(a, list(b), keep, 0, (x, y) => x + y);
      return [unary(sum, (x) => (x * sum.data.length) / a.data.length)];
    }
    case 'Sum':
      return [reduce(a, list(b), keep, 0, (x, y) => x + y)];
    case 'Prod':
      return [reduce(a, list(b), keep, 1, (x, y) => x * y)];
    case 'Max':
      return [reduce(a, list(b), keep, -Infinity, Math.max)];
    case 'GatherV2':
      return [gather(a, b, scalar(c))];
    case 'GatherNd':
      return [gatherNd(a, b)];
    case 'ScatterNd':
      return [scatter(a, b, list(c))];
    case 'SparseToDense':
      return [scatter(a, c ?? a, list(b), scalar(given[3]))];
    case 'Where':
      return [where(a)];
    case 'StridedSlice':
      return [stridedSlice(a, list(b), list(c), mask)];
    case 'Slice': {
      const end = list(c).map((length, axis) =>
        length === -1 ? (a.shape[axis] ?? 0) : (b.data[axis] ?? 0) + length,
      );
      return [stridedSlice(a, list(b), end, () => 0)];
    }
    case 'SplitV':
      return split(a, list(b), axisOf(scalar(c), a.shape.length));
    case 'ConcatV2':
      return [concat(given.slice(0, -1), scalar(given.at(-1)))];
    case 'Transpose':
      return [transpose(a, list(b))];
    case 'Softmax':
      return [softmax(a)];
    case 'MatMul':
      return [matMul(a, b, false)];
    case 'BatchMatMul':
      return [matMul(a, b, attr['adj_y']?.b === true)];
    case 'Conv2D': {
      // Kernels of one by one: a product with a matrix.
      const flat = { shape: [a.data.length / (a.shape[3] ?? 1), a.shape[3] ?? 0], data: a.data };
      const kernel = { shape: b.shape.slice(2), data: b.data };
      return [{ shape: [...a.shape.slice(0, 3), b.shape[3] ?? 0], data: matMul(flat, kernel, false).data }];
    }
    default:
      throw new Error(`the interpreter does not know ${op}`);
  }
}
