import type * as Ort from 'onnxruntime-node';
import { SpeechError } from '../../../src/core/speech-error.js';

export type Tensors = Record<string, Ort.Tensor>;

export interface RuntimeOptions {
  /** Tried in order; `cpu` at the end if it is not there. */
  readonly executionProviders: readonly string[];
  readonly threads: number;
}

/** onnxruntime, loaded once per process: loading its wrapper twice ends the process. */
export class Runtime {
  private constructor(
    private readonly ort: typeof Ort,
    private readonly options: RuntimeOptions,
    /** Where the sessions run. */
    readonly device: string,
    /** Why it is not what was wished for first. */
    readonly fallback: string | undefined,
  ) {}

  /** Tries the wished-for devices on `probe`, a small model. */
  static async load(options: RuntimeOptions, probe: Uint8Array<ArrayBuffer>): Promise<Runtime> {
    const ort = await import('onnxruntime-node');
    let fallback: string | undefined;
    for (const device of options.executionProviders) {
      try {
        const runtime = new Runtime(ort, { ...options, executionProviders: [device] }, device, fallback);
        await (await runtime.session(probe)).release();
        return runtime;
      } catch (error) {
        fallback = `${device}: ${firstLine(error)}`;
      }
    }
    return new Runtime(ort, { ...options, executionProviders: ['cpu'] }, 'cpu', fallback);
  }

  async session(model: Uint8Array<ArrayBuffer>): Promise<Ort.InferenceSession> {
    // Without memory patterns, which cost 60 % more memory when every sentence has another length, and without
    // spinning, which keeps the cores busy between runs.
    return this.ort.InferenceSession.create(model, {
      executionProviders: [...this.options.executionProviders],
      intraOpNumThreads: this.options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false,
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
  }

  floats(values: Float32Array, dims: readonly number[]): Ort.Tensor {
    return new this.ort.Tensor('float32', values, dims);
  }

  int64(values: readonly number[], dims: readonly number[]): Ort.Tensor {
    return new this.ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  }

  int32(values: readonly number[], dims: readonly number[]): Ort.Tensor {
    return new this.ort.Tensor('int32', Int32Array.from(values), dims);
  }
}

/** A failure of the runtime as one of ours; its words name files and nodes, so they stay in the log. */
export function runtimeError(message: string, cause: unknown): SpeechError {
  return new SpeechError('upstream_failed', message, { cause, retryable: false });
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
