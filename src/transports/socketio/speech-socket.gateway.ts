import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import type { Log } from '../../core/call-context.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import type { PumpPace } from '../pump.js';
import { LOG, PACE, SESSIONS } from '../tokens.js';
import { SpeechSocket } from './speech-socket.js';

/** socket.io, namespace `/tts`. Nest binds the namespace; the audio runs beside it. */
@WebSocketGateway({ namespace: '/tts' })
export class SpeechSocketGateway implements OnGatewayConnection {
  constructor(
    @Inject(SESSIONS) private readonly sessions: SpeechSessions,
    @Inject(PACE) private readonly pace: PumpPace,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handleConnection(socket: Socket): void {
    new SpeechSocket(socket, { sessions: this.sessions, pace: this.pace, log: this.log });
  }
}
