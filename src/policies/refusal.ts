import { SpeechError } from '../core/speech-error.js';

/**
 * The gateway itself would not let the call through to the provider: breaker open, no slot, waited too long for one.
 * It says nothing about the provider's health and is not worth a retry on the same target.
 */
export class Refusal extends SpeechError {}
