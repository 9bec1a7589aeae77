/** Plays 16-bit mono PCM as it arrives, without a gap between chunks: each is scheduled where the last one ends. */
export class PcmPlayer {
  constructor(sampleRateHz) {
    this.context = new AudioContext({ sampleRate: sampleRateHz });
    this.analyser = this.context.createAnalyser();
    this.analyser.connect(this.context.destination);
    this.waveform = new Float32Array(this.analyser.fftSize);
    this.receivedMs = 0;
    this.startAt = undefined;
    this.endAt = 0;
  }

  /** `bytes`: whole samples, little-endian. */
  play(bytes) {
    const { context } = this;
    const count = bytes.byteLength >> 1;
    if (count === 0) return;
    const buffer = context.createBuffer(1, count, context.sampleRate);
    const samples = buffer.getChannelData(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < count; index += 1) samples[index] = view.getInt16(index * 2, true) / 32768;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.analyser);
    const when = Math.max(this.endAt, context.currentTime + 0.02);
    this.startAt ??= when;
    source.start(when);
    this.endAt = when + buffer.duration;
    this.receivedMs += buffer.duration * 1000;
  }

  get playedMs() {
    return this.startAt === undefined ? 0 : Math.max(0, (this.context.currentTime - this.startAt) * 1000);
  }

  /** Loudness of what is being played, root mean square of full scale. */
  get level() {
    this.analyser.getFloatTimeDomainData(this.waveform);
    return Math.sqrt(this.waveform.reduce((sum, sample) => sum + sample * sample, 0) / this.waveform.length);
  }

  async finished() {
    while (this.context.state !== 'closed' && this.context.currentTime < this.endAt) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close() {
    if (this.context.state !== 'closed') void this.context.close();
  }
}
