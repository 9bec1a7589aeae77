import { ATTRIBUTE } from './onnx-field.js';
import type { OnnxModel } from './onnx-model.js';
import { readTensor, type OnnxNode } from './onnx-part.js';
import { protobufFields } from './protobuf-reader.js';

/** Who makes which tensor, which tensors are constant, and which follow the text. */
export class GraphIndex {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly constants = new Map<string, boolean>();
  private readonly dynamics = new Map<string, boolean>();

  /** `sequenceInputs`: the graph inputs that depend on the text; speaker, pace and style do not. */
  constructor(
    readonly model: OnnxModel,
    private readonly sequenceInputs: ReadonlySet<string>,
  ) {
    // Deep chains are resolved in file order, which is an order of execution, so that no walk is deep.
    for (const node of model.nodes) {
      for (const output of node.outputs) if (output !== '') this.producers.set(output, node);
      for (const output of node.outputs) {
        this.isConstant(output);
        this.isDynamic(output);
      }
    }
  }

  producer(tensor: string): OnnxNode | undefined {
    return this.producers.get(tensor);
  }

  /** The same in every run. */
  isConstant(tensor: string): boolean {
    return this.remember(this.constants, tensor, () => {
      if (tensor === '' || this.model.initializers.has(tensor)) return true;
      const node = this.producers.get(tensor);
      if (!node || node.opType.startsWith('Random') || node.captured.length > 0) return false;
      return node.inputs.every((input) => this.isConstant(input));
    });
  }

  /** Depends on the text, or on chance. */
  isDynamic(tensor: string): boolean {
    return this.remember(this.dynamics, tensor, () => {
      if (this.sequenceInputs.has(tensor)) return true;
      const node = this.producers.get(tensor);
      if (!node) return false;
      if (node.opType.startsWith('Random')) return true;
      return [...node.inputs, ...node.captured].some((input) => this.isDynamic(input));
    });
  }

  /** Dimensions of an initializer or of what a `Constant` node holds; undefined where they are not written down. */
  constantDims(tensor: string): readonly number[] | undefined {
    const initializer = this.model.initializers.get(tensor);
    if (initializer) return initializer.dims;
    const node = this.producers.get(tensor);
    if (node?.opType !== 'Constant') return undefined;
    if (node.attributes.has('value_float') || node.attributes.has('value_int')) return [];
    const span = node.attributes.get('value');
    if (!span) return undefined;
    for (const field of protobufFields(this.model.source, span)) {
      if (field.number === ATTRIBUTE.t) return readTensor(this.model.source, field).dims;
    }
    return undefined;
  }

  /** Nodes that the tensors in `targets` need, in file order; the walk does not go beyond the tensors in `stops`. */
  nodesFor(targets: readonly string[], stops: ReadonlySet<string> = new Set()): OnnxNode[] {
    const wanted = new Set<OnnxNode>();
    const open = targets.filter((target) => !stops.has(target));
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
      const node = this.producers.get(tensor);
      if (!node || wanted.has(node)) continue;
      wanted.add(node);
      for (const input of [...node.inputs, ...node.captured]) if (!stops.has(input)) open.push(input);
    }
    return this.model.nodes.filter((node) => wanted.has(node));
  }

  private remember(known: Map<string, boolean>, tensor: string, find: () => boolean): boolean {
    const answer = known.get(tensor);
    if (answer !== undefined) return answer;
    known.set(tensor, false);
    const found = find();
    known.set(tensor, found);
    return found;
  }
}
