import type { GraphIndex } from './graph-index.js';
import type { OnnxNode } from './onnx-part.js';
import { timeLocal, type TimeLocal } from './time-local.js';

export interface LocalNode extends TimeLocal {
  readonly node: OnnxNode;
}

/** The end of a graph that can be computed window by window. */
export interface TimeRegion {
  /** [1, 1, samples]: the graph's output, before reshaping. */
  readonly output: string;
  /** In order of execution. */
  readonly nodes: readonly LocalNode[];
  /** What it takes from before, running along with the latent frames. */
  readonly streams: readonly string[];
  /** What it takes from before and is the same for all frames: speaker, noise scale. */
  readonly statics: readonly string[];
}

const RESHAPING = new Set(['Squeeze', 'Unsqueeze', 'Reshape', 'Flatten', 'Identity']);

/**
 * Walks back from the graph's audio output through nodes that are local in time, until nothing local is left: in a
 * VITS graph to the frames of the prior, before the flow. Undefined when there is nothing to gain.
 */
export function timeRegion(graph: GraphIndex, output: string): TimeRegion | undefined {
  const sound = withoutReshaping(graph, output);
  const local = new Map<OnnxNode, TimeLocal>();
  const streams = new Set<string>();
  const statics = new Set<string>();
  const open = [sound];
  const seen = new Set(open);
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (!graph.isDynamic(tensor)) {
      statics.add(tensor);
      continue;
    }
    const node = graph.producer(tensor);
    const found = node && timeLocal(graph, node);
    if (!node || !found) {
      streams.add(tensor);
      continue;
    }
    local.set(node, found);
    for (const input of found.data) {
      if (graph.isConstant(input) || seen.has(input)) continue;
      seen.add(input);
      open.push(input);
    }
  }
  const upsamples = [...local.values()].some(({ rate }) => rate > 1);
  if (!upsamples) return undefined;
  const nodes = graph.model.nodes.flatMap((node) => {
    const found = local.get(node);
    return found ? [{ node, ...found }] : [];
  });
  return { output: sound, nodes, streams: [...streams], statics: [...statics] };
}

function withoutReshaping(graph: GraphIndex, output: string): string {
  let tensor = output;
  for (let node = graph.producer(tensor); node && RESHAPING.has(node.opType); node = graph.producer(tensor)) {
    const [input] = node.inputs;
    if (input === undefined) break;
    tensor = input;
  }
  return tensor;
}
