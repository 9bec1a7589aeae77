import type { CreateHostEngine, HostEngine } from '../core/host.js';
import type { ToGateway, ToHost } from './host-protocol.js';
import { HostedJob } from './hosted-job.js';
import { Outbox } from './outbox.js';

// Entry of a forked host. A signal sent to the whole process group must not end it before the gateway has drained it;
// when the gateway is gone, however it went, the channel closes and there is nothing left to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const outbox = new Outbox<ToGateway>((frames) => {
  // Without the callback a closed channel would be an 'error' event; 'disconnect' already says it.
  if (process.connected) process.send?.(frames, undefined, undefined, () => undefined);
});
const jobs = new Map<number, HostedJob>();
let engine: HostEngine | undefined;
let windowBytes = 0;

process.on('message', (frames: readonly ToHost[]) => {
  for (const frame of frames) receive(frame);
});

function receive(frame: ToHost): void {
  switch (frame.kind) {
    case 'load':
      void load(frame);
      return;
    case 'open':
      open(frame.job, frame.payload);
      return;
    case 'input':
      jobs.get(frame.job)?.input({ payload: frame.payload, bytes: frame.bytes });
      return;
    case 'end':
      jobs.get(frame.job)?.input('end');
      return;
    case 'cancel':
      jobs.get(frame.job)?.cancel();
      return;
    case 'credit':
      jobs.get(frame.job)?.grant(frame.bytes);
  }
}

async function load(frame: Extract<ToHost, { kind: 'load' }>): Promise<void> {
  process.title = `tts-gateway ${frame.pool} host`;
  windowBytes = frame.windowBytes;
  try {
    const module = (await import(frame.module)) as { readonly default: CreateHostEngine };
    engine = await module.default(frame.init);
    outbox.post({ kind: 'ready' }, 0, true);
  } catch (error) {
    // The gateway answers by closing the channel; leaving at once could lose the reason on its way.
    outbox.post({ kind: 'broken', reason: error instanceof Error ? error.message : String(error) }, 0, true);
  }
}

function open(id: number, payload: unknown): void {
  if (!engine) throw new Error('a job arrived before the engine was loaded');
  const job = new HostedJob(id, windowBytes, (frame, bytes, urgent) => {
    if (frame.kind === 'settled') jobs.delete(id);
    outbox.post(frame, bytes, urgent);
  });
  jobs.set(id, job);
  job.start(engine, payload);
}
