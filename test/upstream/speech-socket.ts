import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { DEFAULT_CHUNK_BYTES, type Behaviour } from './behaviour.js';
import { errorBody } from './error-bodies.js';
import type { Pacer } from './pacer.js';
import type { UpstreamRequest } from './request-log.js';
import { wholeAnswer } from './response-head.js';
import { spokenAudio } from './spoken-audio.js';
import type { StatsCounter } from './stats.js';
import type { UpstreamOptions } from './upstream-options.js';
import type { Vendor } from './vendor.js';

export interface SpeechSocketOptions {
  readonly vendor: Vendor;
  readonly options: UpstreamOptions;
  readonly stats: StatsCounter;
  readonly pacer: Pacer;
}

/**
 * A plain vendor over WebSocket, for faults at frame level: the client sends `{"model","input"}`, the server answers
 * with binary frames of samples and `{"type":"done"}`. Vendors with a protocol of their own come by `onWebSocket`.
 * The faults of HTTP hold here: a refusal answers the handshake, `reset` and `cut` break the socket.
 */
export class SpeechSockets {
  private readonly server = new WebSocketServer({ noServer: true });

  constructor(private readonly given: SpeechSocketOptions) {}

  upgrade(request: UpstreamRequest, socket: Socket, head: Buffer): void {
    const { options, vendor } = this.given;
    const refusal = vendor.script[0]?.refusal ? vendor.script.shift()?.refusal : vendor.defaults.refusal;
    if (refusal) {
      const { contentType, body } = errorBody(options.dialect ?? 'openai', refusal);
      socket.end(wholeAnswer(refusal.status, contentType, body, [['connection', 'close']]));
      return request.end('failed');
    }
    const { method, target: url, headers } = request;
    const handshake = { method, url, headers, socket } as unknown as IncomingMessage;
    this.server.handleUpgrade(handshake, socket, head, (opened) => {
      opened.on('close', () => request.end('left'));
      if (options.onWebSocket) options.onWebSocket(opened, request);
      else
        opened.on(
          'message',
          (data: Buffer) => void this.speak(opened, request, JSON.parse(data.toString()) as Message),
        );
    });
  }

  close(): void {
    this.server.close();
  }

  private async speak(socket: WebSocket, request: UpstreamRequest, message: Message): Promise<void> {
    const { vendor, stats } = this.given;
    const behaviour = vendor.behaviour(message.model, request.headers['x-fake']);
    request.behaviour = behaviour;
    const audio = await spokenAudio(message.input, 1, 'pcm16', behaviour);
    stats.enter();
    this.play(socket, request, behaviour, audio.bytes, (from, to) => audio.slice(from, to));
  }

  private play(
    socket: WebSocket,
    request: UpstreamRequest,
    behaviour: Behaviour,
    bytes: number,
    slice: (from: number, to: number) => Buffer,
  ): void {
    const { chunkBytes = DEFAULT_CHUNK_BYTES, everyMs = 0, ttfbMs = 0, fault } = behaviour;
    const stopAt = Math.min(bytes, fault ? ('afterBytes' in fault ? fault.afterBytes : 0) : Infinity);
    const startedAtMs = performance.now() + ttfbMs;
    let sent = 0;
    const step = (chunks: number): void => {
      if (socket.readyState !== socket.OPEN) return this.over(request, 'left');
      const to = Math.min(stopAt, sent + chunkBytes);
      if (to > sent) socket.send(slice(sent, to));
      request.audioBytes = sent = to;
      if (sent >= stopAt) return this.stop(socket, request, behaviour, stopAt < bytes);
      this.given.pacer.at(startedAtMs + chunks * everyMs, () => step(chunks + 1));
    };
    this.given.pacer.at(startedAtMs, () => step(1));
  }

  private stop(socket: WebSocket, request: UpstreamRequest, { fault }: Behaviour, early: boolean): void {
    if (!early || fault?.kind === 'truncate') {
      socket.send(JSON.stringify({ type: 'done' }));
      socket.close(1000);
      return this.over(request, early ? 'failed' : 'answered');
    }
    if (fault?.kind === 'reset' || fault?.kind === 'cut') {
      socket.terminate();
      return this.over(request, 'failed');
    }
    // A hang or a stall: only the peer can end it.
    socket.once('close', () => this.over(request, 'left'));
  }

  private over(request: UpstreamRequest, outcome: 'answered' | 'failed' | 'left'): void {
    const { stats } = this.given;
    stats.active -= 1;
    if (outcome === 'answered') stats.completed += 1;
    else if (outcome === 'left') stats.left += 1;
    else stats.faults += 1;
    request.end(outcome);
  }
}

interface Message {
  readonly model: string;
  readonly input: string;
}
