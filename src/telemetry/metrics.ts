import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a finished speech tells; the same shape as the gateway's own report. */
export interface SpeechMeasure {
  readonly transport: string;
  readonly provider: string;
  readonly outcome: string;
  readonly characters: number;
  readonly audioMs: number;
  readonly firstAudioMs: number | undefined;
  readonly totalMs: number;
}

export interface HostMeasure {
  readonly ready: number;
  readonly active: number;
  readonly queued: number;
}

const BREAKER_STATES = { closed: 0, half_open: 1, open: 2, disabled: 3 } as const;
const LABELS = ['provider', 'transport', 'outcome'] as const;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60];

/** Prometheus metrics of one gateway, in a registry of their own. */
export class Metrics {
  readonly registry = new Registry();
  private readonly active = this.gauge('tts_active_speeches', 'Speeches under way.');
  private readonly requests = this.counter('tts_requests_total', 'Speeches that ended.', LABELS);
  private readonly firstAudio = this.histogram('tts_first_audio_seconds', 'From the request to its first audio.');
  private readonly latency = this.histogram('tts_latency_seconds', 'From the request to its end.');
  private readonly audioSeconds = this.counter('tts_audio_seconds_total', 'Audio made.', ['provider']);
  private readonly characters = this.counter('tts_characters_total', 'Characters asked for.', ['provider']);
  private readonly queueWait = new Histogram({
    name: 'tts_queue_wait_seconds',
    help: 'Wait for a host or a slot of a provider.',
    labelNames: ['pool'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.registry],
  });
  private readonly restarts = this.counter('tts_host_restarts_total', 'Host processes started again.', ['pool']);
  private readonly stalls = this.counter('tts_client_stalls_total', 'Clients ended because they took no audio.', []);

  private readonly attempts = this.counter('tts_provider_attempts_total', 'Calls of providers that ended.', [
    'provider',
    'outcome',
  ]);
  private readonly breakers = new Gauge({
    name: 'tts_breaker_state',
    help: '0 closed, 1 half open, 2 open, 3 disabled.',
    labelNames: ['provider'],
    registers: [this.registry],
  });
  private readonly seams = this.counter('tts_seams_total', 'Speeches that went on with another voice.', ['from', 'to']);
  private readonly hedges = this.counter('tts_hedges_total', 'Speeches for which a second target was started.', []);
  private readonly verdicts = this.counter('tts_verdicts_total', 'Verdicts on calls of providers.', [
    'provider',
    'verdict',
  ]);
  private readonly cache = this.counter('tts_cache_total', 'Answers by what the cache knew.', ['result']);

  /** `hosts` is asked at each scrape. */
  constructor(hosts: () => Readonly<Record<string, HostMeasure>>) {
    collectDefaultMetrics({ register: this.registry });
    const depth = new Gauge({
      name: 'tts_queue_depth',
      help: 'Jobs that wait for a host.',
      labelNames: ['pool'],
      registers: [this.registry],
      collect() {
        for (const [pool, { queued }] of Object.entries(hosts())) depth.set({ pool }, queued);
      },
    });
    const ready = new Gauge({
      name: 'tts_hosts_ready',
      help: 'Host processes that can take a job.',
      labelNames: ['pool'],
      registers: [this.registry],
      collect() {
        for (const [pool, stats] of Object.entries(hosts())) ready.set({ pool }, stats.ready);
      },
    });
  }

  speechStarted(): void {
    this.active.inc();
  }

  speechEnded({ provider, transport, outcome, ...speech }: SpeechMeasure): void {
    const labels = { provider, transport, outcome };
    this.active.dec();
    this.requests.inc(labels);
    this.latency.observe(labels, speech.totalMs / 1000);
    if (speech.firstAudioMs !== undefined) this.firstAudio.observe(labels, speech.firstAudioMs / 1000);
    this.audioSeconds.inc({ provider }, speech.audioMs / 1000);
    this.characters.inc({ provider }, speech.characters);
  }

  attempted(provider: string, outcome: string): void {
    this.attempts.inc({ provider, outcome });
    if (outcome === 'ok' || outcome === 'incomplete') {
      this.verdicts.inc({ provider, verdict: outcome === 'ok' ? 'complete' : 'incomplete' });
    }
  }

  breakerChanged(provider: string, state: keyof typeof BREAKER_STATES): void {
    this.breakers.set({ provider }, BREAKER_STATES[state]);
  }

  seamed(from: string, to: string): void {
    this.seams.inc({ from, to });
  }

  hedged(): void {
    this.hedges.inc();
  }

  cacheAnswered(result: string): void {
    this.cache.inc({ result });
  }

  clientStalled(): void {
    this.stalls.inc();
  }

  hostRestarted(pool: string): void {
    this.restarts.inc({ pool });
  }

  queueWaited(pool: string, waitMs: number): void {
    this.queueWait.observe({ pool }, waitMs / 1000);
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private histogram(name: string, help: string): Histogram<(typeof LABELS)[number]> {
    return new Histogram({ name, help, labelNames: [...LABELS], buckets: SECONDS, registers: [this.registry] });
  }
}
