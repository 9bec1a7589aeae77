import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { GatewayStatus } from '../../gateway/gateway-status.js';
import { STATUS } from '../tokens.js';

@Controller()
export class HealthController {
  constructor(@Inject(STATUS) private readonly status: GatewayStatus) {}

  /** The process answers. */
  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The default route can speak; 503 with the reason when it cannot, or while the gateway drains. */
  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const reason = await this.status.unready();
    if (reason === undefined) void reply.send({ status: 'ok' });
    else void reply.code(503).header('retry-after', '1').send({ status: 'unready', reason });
  }

  @Get('health')
  async health(): Promise<Record<string, unknown>> {
    const health = await this.status.health();
    return {
      status: health.status,
      model_loaded: health.modelLoaded,
      device: health.device,
      uptime_seconds: health.uptimeSeconds,
      active_speeches: health.activeSpeeches,
      queue_depth: health.queueDepth,
      providers: health.providers.map(({ id, type, state, reason, device, modelLoaded }) => ({
        id,
        type,
        state,
        reason: reason ?? null,
        device: device ?? null,
        model_loaded: modelLoaded ?? null,
      })),
    };
  }
}
