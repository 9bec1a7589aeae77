import { GraphIndex } from './graph-index.js';
import { ELEMENT } from './onnx-field.js';
import type { OnnxModel } from './onnx-model.js';
import type { OnnxNode } from './onnx-part.js';
import { writePart, type NewNode, type ValueDeclaration } from './model-writer.js';
import { seedNoise } from './seed-noise.js';
import { planStages, type Stage } from './stage-plan.js';
import { timeRegion } from './time-region.js';

/** Graph input of a paced model: durations are multiplied by it, float [1]. */
export const PACE = 'tts_pace';

export interface SplitRequest {
  /** Graph inputs that depend on the text. */
  readonly sequenceInputs: readonly string[];
  /** The output that is heard, or that goes into a vocoder. */
  readonly output: string;
  /** How to learn how long each id lasts: an output of that name, `rounding`: where a VITS graph rounds it up. */
  readonly durations: 'none' | 'rounding' | { readonly output: string };
  /** Other outputs to be kept; a model with some is not cut. */
  readonly also?: readonly string[];
  /** Noise from a table that each run enters at an offset, `NOISE_OFFSET`. */
  readonly seeded: boolean;
  /** Adds the input `PACE` in front of the rounding, for graphs that cannot be slowed down otherwise. */
  readonly paced: boolean;
  /** False: one part, as it was exported. */
  readonly cut: boolean;
}

export interface StagePart extends Omit<Stage, 'nodes'> {
  readonly model: Uint8Array<ArrayBuffer>;
}

/** A model taken apart. Without `stages`, `first` ends in `output`. */
export interface SplitModel {
  /** From the graph's inputs to the edge of the stages; absent where the stages begin at the inputs. */
  readonly first: Uint8Array<ArrayBuffer> | undefined;
  readonly output: string;
  readonly durations: string | undefined;
  /** The same inputs give the same audio. */
  readonly repeatable: boolean;
  readonly takesOffset: boolean;
  readonly takesPace: boolean;
  readonly stages: readonly StagePart[];
}

/** Whether the end of a graph can be computed window by window. */
export function canStream(model: OnnxModel, sequenceInputs: readonly string[], output: string): boolean {
  return stagesOf(new GraphIndex(model, new Set(sequenceInputs)), output) !== undefined;
}

/** Cuts a model where it becomes local in time, and exposes how long each id lasts. */
export function splitModel(model: OnnxModel, request: SplitRequest): SplitModel {
  const graph = new GraphIndex(model, new Set(request.sequenceInputs));
  const durations = durationsOf(model, request.durations);
  const stages = request.cut ? stagesOf(graph, request.output) : undefined;
  const edge = stages ? [...new Set(stages.flatMap(({ streams, statics }) => [...streams, ...statics]))] : [];
  const written = (stages ?? []).map((stage) => writeStage(model, graph, stage));
  const isInput = (name: string): boolean => model.inputs.some((input) => input.name === name);
  const common = { output: request.output, stages: written };
  if (stages && edge.every(isInput)) {
    return {
      ...common,
      first: undefined,
      durations: undefined,
      repeatable: true,
      takesOffset: false,
      takesPace: false,
    };
  }
  // What comes in unchanged cannot be handed out by the first part as well.
  if (edge.some(isInput)) return splitModel(model, { ...request, cut: false });
  const outputs = stages ? edge : [request.output, ...(request.also ?? [])];
  if (durations !== undefined && !outputs.includes(durations)) outputs.push(durations);
  return { ...common, durations, ...writeFirst(model, graph, outputs, request) };
}

function stagesOf(graph: GraphIndex, output: string): readonly Stage[] | undefined {
  const region = timeRegion(graph, output);
  return region && planStages(graph, region);
}

function durationsOf(model: OnnxModel, wish: SplitRequest['durations']): string | undefined {
  if (wish === 'none') return undefined;
  return wish === 'rounding' ? rounding(model)?.outputs[0] : wish.output;
}

/** Where a VITS graph rounds durations up to frames. Among several it is not known which one does. */
function rounding(model: OnnxModel): OnnxNode | undefined {
  const found = model.nodes.filter(({ opType }) => opType === 'Ceil');
  return found.length === 1 ? found[0] : undefined;
}

type FirstPart = Pick<SplitModel, 'repeatable' | 'takesOffset' | 'takesPace'> & { first: Uint8Array<ArrayBuffer> };

function writeFirst(model: OnnxModel, graph: GraphIndex, outputs: readonly string[], request: SplitRequest): FirstPart {
  const needed = graph.nodesFor(outputs);
  const round = request.paced ? rounding(model) : undefined;
  const seeded = request.seeded
    ? seedNoise(model, needed)
    : { nodes: needed, tensors: [], inputs: [], repeatable: false };
  const first = writePart(model, {
    nodes: seeded.nodes.flatMap((node) => (node === round ? paced(round) : [node])),
    tensors: seeded.tensors,
    inputs: [
      ...usedInputs(model, needed),
      ...seeded.inputs,
      ...(round ? [{ name: PACE, elementType: ELEMENT.float, dims: [1] }] : []),
    ],
    outputs: outputs.map((name) => model.outputs.find((output) => output.name === name) ?? { name }),
  });
  return {
    first,
    repeatable: seeded.repeatable,
    takesOffset: seeded.inputs.length > 0,
    takesPace: round !== undefined,
  };
}

function paced({ inputs, outputs }: OnnxNode): NewNode[] {
  return [
    { opType: 'Mul', inputs: [inputs[0] ?? '', PACE], outputs: ['tts_paced'] },
    { opType: 'Ceil', inputs: ['tts_paced'], outputs },
  ];
}

/** Without those that only the stages read. */
function usedInputs(model: OnnxModel, nodes: readonly OnnxNode[]): readonly ValueDeclaration[] {
  const read = new Set(nodes.flatMap(({ inputs, captured }) => [...inputs, ...captured]));
  return model.inputs.filter(({ name }) => read.has(name));
}

function writeStage(model: OnnxModel, graph: GraphIndex, { nodes: _nodes, ...stage }: Stage): StagePart {
  const running = [...(stage.input === undefined ? [] : [stage.input]), ...stage.streams];
  const part = writePart(model, {
    nodes: graph.nodesFor([stage.output], new Set([...running, ...stage.statics])),
    inputs: [
      ...running.map((name) => ({ name, elementType: ELEMENT.float, dims: [1, -1, -1] })),
      ...stage.statics.map((name) => ({ name, elementType: ELEMENT.float })),
    ],
    outputs: [{ name: stage.output }],
  });
  return { ...stage, model: part };
}
