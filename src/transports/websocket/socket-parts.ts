import type { Log } from '../../core/call-context.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import type { PumpPace } from '../pump.js';

/** What one socket is served with. */
export interface SocketParts {
  readonly sessions: SpeechSessions;
  readonly pace: PumpPace;
  readonly log: Log;
  readonly requestId: string;
}
