import type { GraphIndex } from './graph-index.js';
import type { OnnxNode } from './onnx-part.js';
import type { LocalNode, TimeRegion } from './time-region.js';
import type { Reach } from './time-local.js';

/** A part of the region with one tensor going in and one coming out, computed window by window. */
export interface Stage {
  readonly nodes: readonly LocalNode[];
  /** What the stage before hands on; the first stage has only `streams`. */
  readonly input: string | undefined;
  readonly output: string;
  /** Tensors of the region's edge, running along at the latent frame rate. */
  readonly streams: readonly string[];
  readonly statics: readonly string[];
  /** Output steps of one input step. */
  readonly rate: number;
  /** Input steps beyond a window that its output depends on. */
  readonly reach: Reach;
  /** Multiplications for one input step, as far as the sizes of the weights are written down. */
  readonly cost: number;
}

/** A stage that reaches further than this is closed at the next place where it can be. */
const WIDE_STEPS = 6;

/**
 * Cuts the region where a single tensor carries everything on: each stage then repeats only its own margin per window,
 * not that of the whole decoder. Undefined when an edge tensor is needed at another rate than the latent one.
 */
export function planStages(graph: GraphIndex, region: TimeRegion): readonly Stage[] | undefined {
  const stages: Stage[] = [];
  let group: LocalNode[] = [];
  let input: string | undefined;
  const close = (output: string): void => {
    stages.push(stageOf(graph, region, group, input, output));
    group = [];
    input = output;
  };
  for (const segment of segments(region)) {
    if (group.length > 0 && (upsamples(segment.nodes) || isWide(graph, region, group, input)))
      close(group.at(-1)?.node.outputs[0] ?? '');
    group.push(...segment.nodes);
  }
  close(region.output);
  let rate = 1;
  for (const stage of stages) {
    if (rate !== 1 && stage.streams.length > 0) return undefined;
    rate *= stage.rate;
  }
  return stages;
}

interface Segment {
  readonly nodes: LocalNode[];
}

/** Runs of nodes between the places where exactly one tensor is alive: made before, and needed after. */
function segments(region: TimeRegion): Segment[] {
  const lastUse = new Map<string, number>([[region.output, Infinity]]);
  for (const [at, { data }] of region.nodes.entries())
    for (const input of data) lastUse.set(input, Math.max(at, lastUse.get(input) ?? 0));
  const edge = new Set([...region.streams, ...region.statics]);
  const alive = new Set<string>();
  const found: Segment[] = [];
  let nodes: LocalNode[] = [];
  for (const [at, local] of region.nodes.entries()) {
    nodes.push(local);
    for (const output of local.node.outputs) if (lastUse.has(output)) alive.add(output);
    for (const input of local.data) if (!edge.has(input) && lastUse.get(input) === at) alive.delete(input);
    const [only] = alive;
    // The last node of a segment makes the tensor that goes on; otherwise the cut would leave a node behind.
    if (alive.size === 1 && only !== undefined && local.node.outputs[0] === only) {
      found.push({ nodes });
      nodes = [];
    }
  }
  const last = found.at(-1);
  if (nodes.length > 0 && last) last.nodes.push(...nodes);
  return found;
}

function upsamples(nodes: readonly LocalNode[]): boolean {
  return nodes.some(({ rate }) => rate > 1);
}

function isWide(
  graph: GraphIndex,
  region: TimeRegion,
  group: readonly LocalNode[],
  input: string | undefined,
): boolean {
  const { reach, rate } = stageOf(graph, region, group, input, group.at(-1)?.node.outputs[0] ?? '');
  return rate === 1 && reach.left >= WIDE_STEPS;
}

function stageOf(
  graph: GraphIndex,
  region: TimeRegion,
  nodes: readonly LocalNode[],
  input: string | undefined,
  output: string,
): Stage {
  const needed = new Map<string, Reach>([[output, { left: 0, right: 0 }]]);
  const rates = new Map<string, number>();
  for (const { node, data, rate } of nodes) {
    const before = Math.max(1, ...data.map((name) => rates.get(name) ?? 1));
    for (const made of node.outputs) rates.set(made, before * rate);
  }
  for (const { node, data, reach } of nodes.toReversed()) {
    const wanted = widest(node.outputs.map((name) => needed.get(name)));
    for (const name of data) needed.set(name, widest([needed.get(name), reach(wanted)]));
  }
  const used = new Set(nodes.flatMap(({ data }) => data));
  const streams = region.streams.filter((name) => used.has(name));
  const entries = input === undefined ? streams : [input, ...streams];
  return {
    nodes,
    input,
    output,
    streams,
    statics: region.statics.filter((name) => used.has(name)),
    rate: rates.get(output) ?? 1,
    reach: widest(entries.map((name) => needed.get(name))),
    cost: nodes.reduce(
      (sum, { node }) => sum + multiplications(graph, node) * (rates.get(node.outputs[0] ?? '') ?? 1),
      0,
    ),
  };
}

function widest(reaches: readonly (Reach | undefined)[]): Reach {
  return {
    left: Math.max(0, ...reaches.map((reach) => reach?.left ?? 0)),
    right: Math.max(0, ...reaches.map((reach) => reach?.right ?? 0)),
  };
}

/** Of a convolution, for one step of its output. */
function multiplications(graph: GraphIndex, { opType, inputs }: OnnxNode): number {
  if (!opType.startsWith('Conv')) return 0;
  return (graph.constantDims(inputs[1] ?? '') ?? []).reduce((product, dim) => product * dim, 1);
}
