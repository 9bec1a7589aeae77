import type { WireError } from './error-wire.js';

/**
 * What crosses the IPC channel of a host: arrays of frames (one message carries all frames of a tick). Frames of one
 * job keep their order. `bytes` is the weight of a payload as its sender gave it; credit frames give weight back.
 */
export type ToHost =
  | {
      readonly kind: 'load';
      readonly pool: string;
      readonly module: string;
      readonly init: unknown;
      readonly windowBytes: number;
    }
  | { readonly kind: 'open'; readonly job: number; readonly payload: unknown }
  | { readonly kind: 'input'; readonly job: number; readonly payload: unknown; readonly bytes: number }
  | { readonly kind: 'end'; readonly job: number }
  | { readonly kind: 'cancel'; readonly job: number }
  | { readonly kind: 'credit'; readonly job: number; readonly bytes: number };

export type JobFrame =
  | { readonly kind: 'output'; readonly job: number; readonly payload: unknown; readonly bytes: number }
  | { readonly kind: 'credit'; readonly job: number; readonly bytes: number }
  /** The job is over and its place in the host is free; with `error` it failed. */
  | { readonly kind: 'settled'; readonly job: number; readonly error?: WireError };

export type ToGateway = { readonly kind: 'ready' } | { readonly kind: 'broken'; readonly reason: string } | JobFrame;
