import type { Socket } from 'node:net';
import { DEFAULT_CHUNK_BYTES, type Behaviour } from './behaviour.js';
import type { Framing } from './framing.js';
import type { Pacer } from './pacer.js';
import type { UpstreamRequest } from './request-log.js';
import type { SpokenAudio } from './spoken-audio.js';
import type { StatsCounter } from './stats.js';

export interface SpeechReplyOptions {
  readonly socket: Socket;
  readonly request: UpstreamRequest;
  readonly behaviour: Behaviour;
  readonly audio: SpokenAudio;
  readonly framing: Framing;
  /** Status line and headers, without those of the framing. */
  readonly head: Buffer;
  readonly pacer: Pacer;
  readonly stats: StatsCounter;
  /** The connection is free for its next request. */
  readonly done: () => void;
}

/** Bytes handed to a socket before it is asked whether it takes more. */
const CORK_BYTES = 64 * 1024;
/** A reset overtakes what was written just before it. */
const RESET_AFTER_MS = 20;

/** Plays one answer, true to its pace and its faults. */
export class SpeechReply {
  private sent = 0;
  private chunks = 0;
  private headSent = false;
  private over = false;
  private firstAtMs = 0;
  private readonly stopAt: number;

  constructor(private readonly options: SpeechReplyOptions) {
    const { behaviour, audio } = options;
    const { fault, sse } = behaviour;
    const faultAt = fault && 'afterBytes' in fault ? fault.afterBytes : Infinity;
    this.stopAt = Math.min(audio.bytes, faultAt, sse?.errorAfterBytes ?? Infinity);
    options.socket.once('close', this.onClose);
    options.stats.enter();
  }

  start(): void {
    const { behaviour, pacer, socket } = this.options;
    const { fault, ttfbMs = 0, everyMs = 0 } = behaviour;
    if (fault?.kind === 'hang-before-headers') return this.hold();
    if (fault?.kind === 'reset-before-headers') return this.finish('failed', () => socket.resetAndDestroy());
    const mute = fault?.kind === 'hang-before-audio';
    const { headersAfterMs = mute ? 0 : ttfbMs } = behaviour;
    const now = performance.now();
    // A head that is due with the first audio leaves in one packet with it.
    if (mute || headersAfterMs < ttfbMs) pacer.at(now + headersAfterMs, () => this.head());
    if (mute) return this.hold();
    this.firstAtMs = now + ttfbMs;
    const begin = everyMs > 0 ? this.beat : () => this.rush();
    if (ttfbMs > 0) pacer.at(this.firstAtMs, begin);
    else begin(this.firstAtMs);
  }

  private head(): void {
    if (this.headSent || this.over) return;
    this.headSent = true;
    this.options.socket.write(this.options.head);
  }

  /** One chunk at its time. */
  private readonly beat = (dueMs: number): void => {
    if (this.over) return;
    const { stats, socket, pacer, behaviour } = this.options;
    stats.late(performance.now() - dueMs);
    socket.cork();
    this.writeChunk();
    if (this.sent >= this.stopAt) this.stop();
    else pacer.at(this.firstAtMs + this.chunks * (behaviour.everyMs ?? 0), this.beat);
    socket.uncork();
  };

  /** Everything, as fast as the peer takes it. */
  private rush(): void {
    const { socket } = this.options;
    while (!this.over && this.sent < this.stopAt) {
      socket.cork();
      const until = Math.min(this.stopAt, this.sent + CORK_BYTES);
      while (this.sent < until) this.writeChunk();
      socket.uncork();
      if (socket.writableNeedDrain && this.sent < this.stopAt) {
        socket.once('drain', () => this.rush());
        return;
      }
    }
    this.head();
    if (!this.over) this.stop();
  }

  private writeChunk(): void {
    const { socket, audio, framing, behaviour, request, stats } = this.options;
    this.head();
    const to = Math.min(this.stopAt, this.sent + (behaviour.chunkBytes ?? DEFAULT_CHUNK_BYTES));
    if (to === this.sent) return;
    for (const bytes of framing.audio(audio.slice(this.sent, to))) socket.write(bytes);
    request.firstAudioAtMs ??= performance.now();
    request.audioBytes += to - this.sent;
    stats.bytes += to - this.sent;
    this.sent = to;
    this.chunks += 1;
  }

  /** What was to be sent has been sent. */
  private stop(): void {
    const { socket, framing, behaviour } = this.options;
    const { fault, sse } = behaviour;
    const cut = fault && 'afterBytes' in fault && fault.afterBytes <= this.stopAt ? fault.kind : undefined;
    if (cut === 'stall') return this.hold();
    if (cut === 'reset') {
      return this.finish('failed', () => setTimeout(() => socket.resetAndDestroy(), RESET_AFTER_MS));
    }
    if (cut === 'cut') return this.finish('failed', () => socket.end());
    const broken = sse?.errorAfterBytes !== undefined;
    for (const bytes of (broken && framing.error?.()) || framing.end()) socket.write(bytes);
    if (broken) socket.write('0\r\n\r\n');
    const spoilt = cut === 'truncate' || broken || behaviour.lie !== undefined || sse?.done === false;
    this.finish(spoilt ? 'failed' : 'answered', behaviour.framing === 'close' ? () => socket.end() : this.options.done);
  }

  private finish(outcome: 'answered' | 'failed', then: () => void): void {
    const { request, stats, socket } = this.options;
    this.over = true;
    stats.active -= 1;
    if (outcome === 'answered') stats.completed += 1;
    else stats.faults += 1;
    socket.off('close', this.onClose);
    request.end(outcome);
    then();
  }

  /** Nothing more, and no end: only the peer can end it. */
  private hold(): void {
    this.options.stats.faults += 1;
  }

  private readonly onClose = (): void => {
    if (this.over) return;
    this.over = true;
    this.options.stats.active -= 1;
    this.options.stats.left += 1;
    this.options.request.end('left');
  };
}
