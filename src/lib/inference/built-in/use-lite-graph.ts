import type { GraphWeight } from './graph-model.ts';
import type { Graph, GraphNode, Weights } from './onnx-graph.ts';
import { quantizeColumns, quantizeRows } from './quantize.ts';

/** Tokens that the original looks at; beyond them it collapses. */
export const useLiteWindow = 128;
/** Length of its vectors. */
export const useLiteDimensions = 512;

const module = 'module_apply_default/Encoder_en/KonaTransformer/Encode';
const heads = 4;
const epsilon = 1e-6;
const hidden = -1e9;
const toFloat = { to: 1 };

/**
 * The Universal Sentence Encoder lite as an ONNX graph with int8 weights: `input_ids` and `attention_mask` in, and
 * `sentence_embedding`, one vector a text, out. The same sums as the original's, without its detours around padding.
 * Weights are quantised by column and computed in float, so that the cosine to the original stays above 0.999.
 * Sources: Cer et al. 2018, "Universal Sentence Encoder", https://arxiv.org/abs/1803.11175; Vaswani et al. 2017, "Attention
 * is all you need", for the timing signal.
 */
export function useLiteGraph(given: ReadonlyMap<string, GraphWeight>): Graph {
  const build = createBuilder(given);
  const { add, constant, node, linear, norm } = build;
  const keep = node('Unsqueeze', [node('Cast', ['attention_mask'], toFloat), constant('last', [-1])]);

  const words = build.embedding('module/Embeddings_en');
  const length = node('Gather', [node('Shape', ['input_ids']), constant('second', 1)]);
  const places = node('Cast', [node('Range', [constant('zero', 0), length, constant('one', 1)])], toFloat);
  const angles = node('Mul', [
    node('Unsqueeze', [places, 'last']),
    build.float(`${module}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`),
  ]);
  const timing = node('Concat', [node('Sin', [angles]), node('Cos', [angles])], { axis: 1 });
  const input = node('Mul', [add(add(words, words), timing), keep]);

  const widened = node('Mul', [
    linear(input, `${module}/Layer_0/TransformerLayer/dense`, {
      kernel: 'kernel/ConcatPartitions/concat',
      bias: 'bias/ConcatPartitions/concat',
    }),
    keep,
  ]);
  const bias = node('Unsqueeze', [
    node('Mul', [
      node('Sub', [build.number('whole', 1), node('Cast', ['attention_mask'], toFloat)]),
      build.number('hidden', hidden),
    ]),
    constant('heads_and_queries', [1, 2]),
  ]);

  const layer = (from: string, residual: string, at: number): string => {
    const prefix = `${module}/Layer_${at}/TransformerLayer`;
    const attended = build.attention(norm(from, `${prefix}/layer_prepostprocess`), prefix, bias);
    const state = add(attended, residual);
    const inner = norm(state, `${prefix}/FFN/layer_prepostprocess`);
    const stack = `${module}/TransformerStack/Layer_${at}/TransformerLayer/FFN`;
    const dense = (x: string, name: string): string =>
      linear(x, `${prefix}/FFN/${name}`, {
        kernel: `${stack}/${name}/Tensordot/Reshape_1`,
        bias: 'bias/ConcatPartitions/concat',
        isAbsolute: true,
      });
    const fed = dense(node('Relu', [dense(inner, 'conv1')]), 'conv2');
    return add(node('Mul', [fed, keep]), state);
  };
  const first = layer(input, widened, 0);
  const second = layer(first, first, 1);

  const sum = node('ReduceSum', [node('Mul', [second, keep]), 'one_axis'], { keepdims: 0 });
  constant('one_axis', [1]);
  const count = node('Max', [
    node('ReduceSum', [keep, 'one_axis'], { keepdims: 0 }),
    build.number('at_least', 1),
  ]);
  const summed = linear(node('Div', [sum, count]), 'module/Encoder_en/hidden_layers/tanh_layer_0', {
    kernel: 'weights',
    bias: 'bias',
  });
  build.end('Tanh', [summed], 'sentence_embedding');
  return {
    name: 'universal-sentence-encoder-lite',
    inputs: ['input_ids', 'attention_mask'],
    output: { name: 'sentence_embedding', shape: ['batch', useLiteDimensions] },
    weights: build.weights,
    nodes: build.nodes,
  };
}

interface LinearNames {
  kernel: string;
  bias: string;
  /** The kernel's name is whole; default: it is below the layer's. */
  isAbsolute?: boolean;
}

function createBuilder(given: ReadonlyMap<string, GraphWeight>) {
  const weights: Weights[] = [];
  const nodes: GraphNode[] = [];
  let names = 0;

  const take = (name: string): GraphWeight & { values: Float32Array } => {
    const found = given.get(name);
    if (found === undefined || !(found.values instanceof Float32Array))
      throw new Error(
        `expected a weight ${name} of floats, got ${found === undefined ? 'none' : 'integers'}`,
      );
    return { ...found, values: found.values };
  };
  const fresh = (stem: string): string => `${stem}_${(names += 1)}`;
  const put = (weight: Weights): string => {
    weights.push(weight);
    return weight.name;
  };
  const end = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes?: GraphNode['attributes'],
  ) => {
    nodes.push({ op, inputs, output, ...(attributes && { attributes }) });
    return output;
  };
  const node = (op: string, inputs: readonly string[], attributes?: GraphNode['attributes']): string =>
    end(op, inputs, fresh(op.toLowerCase()), attributes);
  const constant = (name: string, value: number | readonly number[]): string =>
    typeof value === 'number'
      ? put({ name, shape: [], values: [BigInt(value)] })
      : put({ name, shape: [value.length], values: value.map(BigInt) });
  const number = (name: string, value: number): string =>
    put({ name, shape: [], values: Float32Array.of(value) });
  const vector = (values: Float32Array): string =>
    put({ name: fresh('vector'), shape: [values.length], values });
  const float = (name: string): string => {
    const { shape, values } = take(name);
    return put({ name: fresh('float'), shape, values });
  };
  const add = (one: string, other: string): string => node('Add', [one, other]);

  /** A matrix of int8 with a scale for each column; the runtime unfolds it once, while it loads. */
  const matrix = (values: Float32Array, columns: number): string => {
    const { quantized, scales } = quantizeColumns(values, columns);
    const whole = put({
      name: fresh('matrix'),
      shape: [values.length / columns, columns],
      values: quantized,
    });
    return node('Mul', [node('Cast', [whole], toFloat), vector(scales)]);
  };
  const multiply = (x: string, kernel: Float32Array, bias: Float32Array): string =>
    add(node('MatMul', [x, matrix(kernel, bias.length)]), vector(bias));

  return {
    weights,
    nodes,
    node,
    end,
    constant,
    number,
    float,
    add,
    linear: (x: string, layer: string, { kernel, bias, isAbsolute = false }: LinearNames): string =>
      multiply(x, take(isAbsolute ? kernel : `${layer}/${kernel}`).values, take(`${layer}/${bias}`).values),
    norm: (x: string, layer: string): string =>
      node(
        'LayerNormalization',
        [
          x,
          float(`${layer}/layer_norm/layer_norm_scale/ConcatPartitions/concat`),
          float(`${layer}/layer_norm/layer_norm_bias/ConcatPartitions/concat`),
        ],
        { axis: -1, epsilon: { float: epsilon } },
      ),
    embedding: (name: string): string => {
      const { shape, values } = take(name);
      const [rows = 0, columns = 0] = shape;
      const { quantized, scales } = quantizeRows(values, columns);
      const table = put({ name: 'words', shape: [rows, columns], values: quantized });
      const scale = put({ name: 'word_scales', shape: [rows, 1], values: scales });
      return node('Mul', [
        node('Cast', [node('Gather', [table, 'input_ids'])], toFloat),
        node('Gather', [scale, 'input_ids']),
      ]);
    },
    attention(x: string, layer: string, bias: string): string {
      const inside = `module/Encoder_en/KonaTransformer/Encode/${layer.slice(layer.indexOf('Layer_'))}`;
      const kernel = take(`${inside}/MultiheadAttention/qkv_transform_single/kernel/part_0`);
      const offsets = take(`${layer}/MultiheadAttention/qkv_transform_single/bias/ConcatPartitions/concat`);
      const width = offsets.values.length / 3;
      const headWidth = width / heads;
      const split = put({
        name: fresh('split'),
        shape: [4],
        values: [0n, 0n, BigInt(heads), BigInt(headWidth)],
      });
      const joined = put({ name: fresh('joined'), shape: [3], values: [0n, 0n, BigInt(width)] });
      const part = (at: number, perm: readonly number[], factor = 1): string => {
        const values = columnsOf(kernel.values, 3 * width, at * width, width, factor);
        const offset = offsets.values.slice(at * width, (at + 1) * width).map((value) => value * factor);
        return node('Transpose', [node('Reshape', [multiply(x, values, offset), split])], { perm });
      };
      const query = part(0, [0, 2, 1, 3], 1 / Math.sqrt(headWidth));
      const key = part(1, [0, 2, 3, 1]);
      const value = part(2, [0, 2, 1, 3]);
      const shares = node('Softmax', [add(node('MatMul', [query, key]), bias)], { axis: -1 });
      const mixed = node('Transpose', [node('MatMul', [shares, value])], { perm: [0, 2, 1, 3] });
      return multiply(
        node('Reshape', [mixed, joined]),
        take(`${inside}/MultiheadAttention/output_transform_single/kernel/part_0`).values,
        take(`${layer}/MultiheadAttention/output_transform_single/bias/ConcatPartitions/concat`).values,
      );
    },
  };
}

/** Some columns of a matrix, times a factor. */
function columnsOf(
  values: Float32Array,
  columns: number,
  from: number,
  count: number,
  factor: number,
): Float32Array {
  const part = new Float32Array((values.length / columns) * count);
  for (let at = 0; at < part.length; at += 1)
    part[at] = (values[Math.floor(at / count) * columns + from + (at % count)] ?? 0) * factor;
  return part;
}
