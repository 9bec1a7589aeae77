import { asBuffer } from '../pcm.js';
import type { Resampler } from '../resampler.js';
import { AV_SAMPLE_FMT_S16, MONO, SoftwareResampleContext } from './ffmpeg.js';

/**
 * libswresample with twice its usual filter and a slightly lower cut-off: flat to 0.9 of the lower Nyquist frequency
 * and more than 80 dB down at 1.05 of it, where its defaults still let an alias through at -22 dB.
 */
export class NativeResampler implements Resampler {
  private readonly context = new SoftwareResampleContext();
  private inputs = 0;
  private outputs = 0;

  constructor(
    private readonly fromHz: number,
    private readonly toHz: number,
  ) {
    this.context.alloc();
    check(this.context.allocSetOpts2(MONO, AV_SAMPLE_FMT_S16, toHz, MONO, AV_SAMPLE_FMT_S16, fromHz), 'configured');
    check(this.context.setOption('filter_size', '64'), 'given its filter size');
    check(this.context.setOption('cutoff', '0.95'), 'given its cut-off');
    check(this.context.init(), 'started');
  }

  process(samples: Int16Array): Int16Array {
    this.inputs += samples.length;
    return this.convert([asBuffer(samples)], samples.length);
  }

  flush(): Int16Array {
    const rest = this.convert(null, 0);
    const wanted = Math.round((this.inputs * this.toHz) / this.fromHz);
    const surplus = this.outputs - wanted;
    return surplus > 0 ? rest.subarray(0, Math.max(0, rest.length - surplus)) : rest;
  }

  close(): void {
    this.context.free();
  }

  private convert(input: Buffer[] | null, count: number): Int16Array {
    const room = Math.max(64, this.context.getOutSamples(count) + 32);
    const output = new Int16Array(room);
    const made = this.context.convertSync([asBuffer(output)], room, input, count);
    check(made, 'run');
    this.outputs += made;
    return output.subarray(0, made);
  }
}

function check(status: number, what: string): void {
  if (status < 0) throw new Error(`the resampler could not be ${what}: FFmpeg status ${status}`);
}
