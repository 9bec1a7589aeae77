import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { GatewayProcess } from './gateway-process.js';

export interface ProcessMemory {
  /** After a forced collection, in bytes. */
  readonly heapUsed: number;
  readonly rss: number;
}

/** What a process really holds: collected first, through the inspector of a process started with `--inspect=0`. */
export async function memoryOf(process: GatewayProcess): Promise<ProcessMemory> {
  const url = /ws:\/\/\S+/.exec(process.stderr())?.[0];
  if (url === undefined) throw new Error('The process was not started with --inspect=127.0.0.1:0.');
  const inspector = new WebSocket(url);
  await once(inspector, 'open');
  try {
    for (let round = 0; round < 3; round += 1) await command(inspector, 'HeapProfiler.collectGarbage');
    const expression = 'JSON.stringify(process.memoryUsage())';
    const { result } = await command(inspector, 'Runtime.evaluate', { expression });
    return JSON.parse((result as { value: string }).value) as ProcessMemory;
  } finally {
    inspector.close();
  }
}

async function command(inspector: WebSocket, method: string, params: object = {}): Promise<Record<string, unknown>> {
  inspector.send(JSON.stringify({ id: 1, method, params }));
  for (;;) {
    const [data] = (await once(inspector, 'message')) as [Buffer];
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result: Record<string, unknown> };
    if (id === 1) return result;
  }
}
