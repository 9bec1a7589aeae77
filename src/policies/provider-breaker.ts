import CircuitBreaker from 'opossum';
import type { ErrorCode, SpeechError } from '../core/speech-error.js';
import { Refusal } from './refusal.js';
import type { SpeechOutcome } from './settled-stream.js';

export interface BreakerOptions {
  /** Named in errors. */
  readonly provider: string;
  /** Opens when more than this share of the calls in the window failed. */
  readonly errorPercent: number;
  readonly windowMs: number;
  /** From open to the first call that may try again. */
  readonly resetMs: number;
  /** Calls in the window below which it never opens. */
  readonly volume: number;
  readonly onState?: (state: BreakerState) => void;
}

/** `disabled`: an operator took the provider out. */
export type BreakerState = 'closed' | 'open' | 'half_open' | 'disabled';

const FAILURES: ReadonlySet<ErrorCode> = new Set([
  'upstream_failed',
  'incomplete',
  'internal',
  'deadline',
  'rate_limited',
  'quota_exceeded',
]);
/** What is said of the gateway or the client, not of the provider. */
const NEUTRAL: ReadonlySet<ErrorCode> = new Set(['cancelled', 'client_stalled', 'unavailable']);

/**
 * One circuit (opossum) for one provider and kind of call, fed with how whole streams ended, so that a cut after the
 * first byte counts. A call is counted when it ends, in the window it ends in: streams longer than the window count
 * too, and calls that their client left count for nothing. Half open, one real call is let through at a time.
 */
export class ProviderBreaker {
  private circuit: CircuitBreaker<[Promise<void>], void>;
  private openedAtMs = 0;
  private onTrial = false;
  private disabled = false;

  constructor(private readonly options: BreakerOptions) {
    this.circuit = this.newCircuit();
  }

  get state(): BreakerState {
    if (this.disabled) return 'disabled';
    return this.circuit.opened ? 'open' : this.circuit.halfOpen ? 'half_open' : 'closed';
  }

  /** True: a call would be let through now. */
  get usable(): boolean {
    const { state } = this;
    return state === 'closed' || (state === 'half_open' && !this.onTrial);
  }

  /** Lets one call in and returns how to tell its end. Throws `unavailable` with the time until the next trial. */
  enter(): (outcome: SpeechOutcome) => void {
    const { provider, resetMs } = this.options;
    if (!this.usable) {
      const leftMs = this.state === 'open' ? this.openedAtMs + resetMs - performance.now() : resetMs;
      const retryAfterMs = Math.max(1, Math.ceil(leftMs));
      throw new Refusal('unavailable', `${provider} is not asked: its last calls failed.`, { provider, retryAfterMs });
    }
    const { circuit } = this;
    const trial = circuit.halfOpen;
    if (trial) this.onTrial = true;
    return (outcome) => {
      // A stream from before the circuit opened (or was reset) tells nothing new about the provider.
      if (circuit !== this.circuit) return;
      if (trial) this.onTrial = false;
      if (circuit.halfOpen === trial && !circuit.opened) this.count(outcome);
    };
  }

  /** Closes the circuit and forgets what it has counted. */
  reset(): void {
    this.circuit.shutdown();
    this.onTrial = false;
    this.circuit = this.newCircuit();
    this.options.onState?.(this.state);
  }

  /** Takes the provider out until `enable`. */
  disable(): void {
    this.disabled = true;
    this.options.onState?.('disabled');
  }

  enable(): void {
    this.disabled = false;
    this.options.onState?.(this.state);
  }

  close(): void {
    this.circuit.shutdown();
  }

  private count(outcome: SpeechOutcome): void {
    if (outcome.ended === 'left' || (outcome.ended === 'failed' && isNeutral(outcome.error))) return;
    const failed = outcome.ended === 'failed' && FAILURES.has(outcome.error.code);
    const settled = failed ? Promise.reject(outcome.error) : Promise.resolve();
    this.circuit.fire(settled).catch(() => {}); // the reader has the error; here it is only counted
  }

  private newCircuit(): CircuitBreaker<[Promise<void>], void> {
    const { provider, errorPercent, windowMs, resetMs, volume, onState } = this.options;
    const circuit = new CircuitBreaker((settled: Promise<void>) => settled, {
      name: provider,
      timeout: false,
      errorThresholdPercentage: errorPercent,
      rollingCountTimeout: windowMs,
      resetTimeout: resetMs,
      volumeThreshold: volume,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    });
    circuit.on('open', () => {
      this.openedAtMs = performance.now();
      onState?.('open');
    });
    circuit.on('halfOpen', () => onState?.('half_open'));
    // A provider that is back starts with a clean window: the failures that opened the circuit must not reopen it.
    circuit.on('close', () => this.reset());
    return circuit;
  }
}

function isNeutral(error: SpeechError): boolean {
  return error instanceof Refusal || NEUTRAL.has(error.code);
}
