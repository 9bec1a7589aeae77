import { Module, type DynamicModule } from '@nestjs/common';
import type { OpenGateway } from './gateway/open-gateway.js';
import type { Log } from './core/call-context.js';
import type { Metrics } from './telemetry/metrics.js';
import { OpenaiListingController } from './transports/openai/openai-listing.controller.js';
import { OpenaiSpeechController } from './transports/openai/openai-speech.controller.js';
import { DocsController } from './transports/operations/docs.controller.js';
import { HealthController } from './transports/operations/health.controller.js';
import { MetricsController } from './transports/operations/metrics.controller.js';
import { PageController } from './transports/operations/page.controller.js';
import type { PumpPace } from './transports/pump.js';
import { SessionsController } from './transports/rest/sessions.controller.js';
import { SynthesizeController } from './transports/rest/synthesize.controller.js';
import { VoicePreviews } from './transports/rest/voice-previews.js';
import { VoicesController } from './transports/rest/voices.controller.js';
import { SpeechSocketGateway } from './transports/socketio/speech-socket.gateway.js';
import { LOG, METRICS, PACE, SESSIONS, SETTINGS, STATUS, VERSION, VOICES } from './transports/tokens.js';

export interface AppParts {
  readonly gateway: OpenGateway;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly version: string;
}

export function pumpPace({ gateway, metrics }: Pick<AppParts, 'gateway' | 'metrics'>): PumpPace {
  return {
    clientStallMs: () => gateway.config.limits.client_stall_ms,
    onStall: () => metrics.clientStalled(),
  };
}

/** The doors, bound to one open gateway. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    const { gateway, metrics, log, version } = parts;
    return {
      module: AppModule,
      controllers: [
        OpenaiSpeechController,
        OpenaiListingController,
        SynthesizeController,
        SessionsController,
        VoicesController,
        HealthController,
        MetricsController,
        DocsController,
        PageController,
      ],
      providers: [
        SpeechSocketGateway,
        VoicePreviews,
        { provide: SESSIONS, useValue: gateway.sessions },
        { provide: VOICES, useValue: gateway.voices },
        { provide: SETTINGS, useValue: gateway.settings },
        { provide: STATUS, useValue: gateway.status },
        { provide: METRICS, useValue: metrics },
        { provide: PACE, useValue: pumpPace(parts) },
        { provide: LOG, useValue: log },
        { provide: VERSION, useValue: version },
      ],
    };
  }
}
