import { fileSource } from '../graph/byte-source.js';
import { readOnnxModel } from '../graph/onnx-model.js';
import { splitModel, type SplitModel, type SplitRequest } from '../graph/split-model.js';

/** Reads a model file and splits it; the weights are read once, part by part. */
export function takeApart(path: string, request: SplitRequest): SplitModel {
  const source = fileSource(path);
  try {
    return splitModel(readOnnxModel(source), request);
  } finally {
    source.close();
  }
}
