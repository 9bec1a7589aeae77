import { createRequire } from 'node:module';
import type OpusScript from 'opusscript';

type OpusClass = typeof OpusScript;

interface Heap {
  readonly OpusScript: OpusClass;
  live: number;
}

/**
 * One copy of opusscript has one WASM heap of 16 MiB that cannot grow; about 79 codecs fill it, and the next one
 * corrupts it. So a copy serves a few codecs and then another copy is loaded.
 */
const CODECS_PER_HEAP = 48;
const heaps: Heap[] = [];

export interface OpusCodec {
  readonly codec: OpusScript;
  close(): void;
}

/** An encoder and decoder in one, mono. Restricted low delay is CELT, as in the native engine. */
export function openOpus(rate: 8000 | 12000 | 16000 | 24000 | 48000): OpusCodec {
  const heap = heaps.find(({ live }) => live < CODECS_PER_HEAP) ?? loadHeap();
  const { OpusScript } = heap;
  const codec = new OpusScript(rate, 1, OpusScript.Application.RESTRICTED_LOWDELAY);
  heap.live += 1;
  let open = true;
  return {
    codec,
    close: () => {
      if (!open) return;
      open = false;
      heap.live -= 1;
      codec.delete();
    },
  };
}

function loadHeap(): Heap {
  const require = createRequire(import.meta.url);
  // Dropped from the module cache, so that the next copy is a new one.
  const path = require.resolve('opusscript');
  delete require.cache[path];
  const heap: Heap = { OpusScript: require(path) as OpusClass, live: 0 };
  heaps.push(heap);
  return heap;
}
