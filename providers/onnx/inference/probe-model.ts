import { bufferSource } from '../graph/byte-source.js';
import { ELEMENT } from '../graph/onnx-field.js';
import { writePart } from '../graph/model-writer.js';

/** The smallest model there is: hands on its input. Shows whether a device can be used. */
export function probeModel(): Uint8Array<ArrayBuffer> {
  const none = {
    source: bufferSource(new Uint8Array(0)),
    irVersion: 8,
    opsets: new Map([['', 15]]),
    metadata: new Map<string, string>(),
    nodes: [],
    initializers: new Map(),
    inputs: [],
    outputs: [],
  };
  return writePart(none, {
    nodes: [{ opType: 'Identity', inputs: ['in'], outputs: ['out'] }],
    inputs: [{ name: 'in', elementType: ELEMENT.float, dims: [1] }],
    outputs: [{ name: 'out', elementType: ELEMENT.float, dims: [1] }],
  });
}
