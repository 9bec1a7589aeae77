import { incompleteAudio } from '../incomplete-audio.js';
import { toMono, type AudioDecoder, type PcmSink } from '../pcm.js';
import { ByteStore } from './byte-store.js';
import { parseWavLayout, type WavLayout } from './wav-samples.js';

/** Encoders that cannot seek back write 0, 0x7FFFFFFF (or the like, less their header) or 0xFFFFFFFF as the size. */
const LEAST_UNKNOWN_SIZE = 0x7fff0000;
const MAX_FMT_BYTES = 1024;

/**
 * WAV as it is streamed: sizes may be unknown, chunks may stand before and after the data, and at a joint a second
 * file may follow the first. A known size that the bytes do not reach throws `incomplete`.
 */
export class WavDecoder implements AudioDecoder {
  private readonly store = new ByteStore();
  private state: 'riff' | 'chunk' | 'skip' | 'fmt' | 'data' | 'joint' = 'riff';
  private layout: WavLayout | undefined;
  /** Bytes left in the chunk being read; Infinity for data of unknown size. */
  private left = 0;
  private afterSkip = 0;
  private sawData = false;

  constructor(private readonly sink: PcmSink) {}

  push(bytes: Uint8Array): void {
    this.store.append(bytes);
    while (this.step());
  }

  joint(): void {
    if (!this.sawData || (this.state === 'data' && this.left !== Infinity)) return;
    // What is left over is less than a sample, or the padding byte that some writers forget.
    if (this.state === 'data' || this.state === 'skip') this.store.skip(this.store.length);
    if (this.state === 'data') this.state = 'joint';
    if (this.state === 'skip') this.state = 'chunk';
  }

  end(): void {
    const cut = this.state === 'data' && this.left !== Infinity && this.left > 0;
    if (!this.sawData || cut) throw incompleteAudio('ends before the length that its WAV header gives');
  }

  close(): void {}

  /** One step of the parse; false when it needs more bytes. */
  private step(): boolean {
    switch (this.state) {
      case 'riff':
        return this.readRiff();
      case 'chunk':
        return this.readChunkHeader();
      case 'skip':
        return this.skipChunk();
      case 'fmt':
        return this.readFormat();
      case 'data':
        return this.readData();
      case 'joint':
        return this.readJoint();
    }
  }

  private readRiff(): boolean {
    if (this.store.length < 12) return false;
    const header = this.store.take(12);
    if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') {
      throw incompleteAudio('is not the WAV that it was announced as');
    }
    this.state = 'chunk';
    return true;
  }

  private readChunkHeader(): boolean {
    const magic = this.store.magic();
    if (magic === 'RIFF' && this.sawData) {
      this.state = 'riff';
      return true;
    }
    if (this.store.length < 8) return false;
    const size = this.store.take(8).readUInt32LE(4);
    if (magic === 'data') return this.openData(size);
    this.left = size;
    this.state = magic === 'fmt ' ? 'fmt' : 'skip';
    this.afterSkip = size & 1;
    return true;
  }

  private openData(size: number): boolean {
    if (this.layout === undefined) throw incompleteAudio('has WAV data before its format');
    this.left = size === 0 || size >= LEAST_UNKNOWN_SIZE ? Infinity : size;
    this.afterSkip = size & 1;
    this.sawData = true;
    this.state = 'data';
    return true;
  }

  private skipChunk(): boolean {
    this.left -= this.store.skip(this.left);
    if (this.left > 0) return false;
    this.left = this.afterSkip;
    this.afterSkip = 0;
    if (this.left === 0) this.state = 'chunk';
    return true;
  }

  private readFormat(): boolean {
    if (this.left > MAX_FMT_BYTES) throw incompleteAudio('has a WAV header that is not one');
    if (this.store.length < this.left) return false;
    this.layout = parseWavLayout(this.store.take(this.left));
    this.left = 0;
    this.state = 'skip';
    return true;
  }

  private readData(): boolean {
    const { layout } = this;
    if (layout === undefined) return false;
    const available = Math.min(this.store.length, this.left);
    const whole = available - (available % layout.blockBytes);
    if (whole > 0) {
      this.sink(toMono(layout.read(this.store.take(whole)), layout.channels), layout.sampleRateHz);
      this.left -= whole;
    }
    // A last block that is not whole is no sample: it goes with the chunk's padding.
    if (this.left >= layout.blockBytes) return false;
    this.state = 'skip';
    return true;
  }

  private readJoint(): boolean {
    const magic = this.store.magic();
    if (magic === undefined) return false;
    this.state = magic === 'RIFF' ? 'riff' : 'data';
    return true;
  }
}
