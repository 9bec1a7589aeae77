import type { Log } from '../core/call-context.js';
import type { Metrics, SpeechMeasure } from './metrics.js';

/** A finished speech as it is logged: never its text. */
export interface LoggedSpeech extends SpeechMeasure {
  readonly sessionId: string;
  readonly requestId: string;
  readonly voice: string;
  readonly bytes: number;
}

export interface Observers {
  started(): void;
  ended(speech: LoggedSpeech): void;
  hostRestarted(pool: string): void;
  hostWaited(pool: string, waitMs: number): void;
  attempted(attempt: { readonly provider: string; readonly outcome: string }): void;
  seamed(seam: { readonly from: string; readonly to: string; readonly reason: string }): void;
  hedged(report: { readonly first: string; readonly second: string; readonly winner?: string }): void;
  breakerChanged(provider: string, state: 'closed' | 'half_open' | 'open' | 'disabled'): void;
  slotWaited(provider: string, waitMs: number): void;
  cacheAnswered(result: string): void;
}

/** Counts and logs what the gateway tells. */
export function observers(metrics: Metrics, log: Log): Observers {
  return {
    started: () => metrics.speechStarted(),
    ended: (speech) => {
      metrics.speechEnded(speech);
      log.info(logged(speech), 'speech');
    },
    hostRestarted: (pool) => {
      metrics.hostRestarted(pool);
      log.warn({ pool }, 'host restarted');
    },
    hostWaited: (pool, waitMs) => metrics.queueWaited(pool, waitMs),
    attempted: ({ provider, outcome }) => metrics.attempted(provider, outcome),
    seamed: ({ from, to, reason }) => {
      metrics.seamed(from, to);
      log.warn({ from, to, reason }, 'a speech went on with another voice');
    },
    hedged: ({ first, second, winner }) => {
      metrics.hedged();
      log.info({ first, second, winner: winner ?? null }, 'a second target was started');
    },
    breakerChanged: (provider, state) => {
      metrics.breakerChanged(provider, state);
      log.warn({ provider, state }, 'breaker');
    },
    slotWaited: (provider, waitMs) => metrics.queueWaited(provider, waitMs),
    cacheAnswered: (result) => metrics.cacheAnswered(result),
  };
}

function logged(speech: LoggedSpeech): Readonly<Record<string, unknown>> {
  return {
    request_id: speech.requestId,
    session_id: speech.sessionId,
    transport: speech.transport,
    voice: speech.voice,
    outcome: speech.outcome,
    characters: speech.characters,
    audio_ms: Math.round(speech.audioMs),
    first_audio_ms: speech.firstAudioMs === undefined ? null : Math.round(speech.firstAudioMs),
    total_ms: Math.round(speech.totalMs),
  };
}
