import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { SpooledAudio } from '../../sessions/audio-spool.js';
import type { SessionRecord } from '../../sessions/session-record.js';
import { audioHeaders, drained, flushed } from '../http/audio-sink.js';
import { answeredHeaders } from '../http/answer-error.js';
import { hasMatch } from '../http/answer-cacheable.js';
import { takenInTime, type PumpPace } from '../pump.js';
import { byteRange } from './byte-range.js';
import { storedBytes } from './stored-bytes.js';

/** A finished clip from the store: `Content-Length`, `ETag`, one byte range. */
export async function sendFinishedAudio(
  request: FastifyRequest,
  reply: FastifyReply,
  record: SessionRecord,
  { audio, pace }: { audio: SpooledAudio; pace: PumpPace },
): Promise<void> {
  const etag = `"${record.id}"`;
  const total = audio.bytes;
  const headers = {
    ...answeredHeaders(reply),
    ...(record.start ? audioHeaders(record.start) : {}),
    etag,
    'accept-ranges': 'bytes',
  };
  reply.hijack();
  const { raw } = reply;
  if (hasMatch(request.headers['if-none-match'], etag)) {
    raw.writeHead(304, headers).end();
    return;
  }
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? byteRange(request.headers.range, total) : 'whole';
  if (range === 'unsatisfiable') {
    raw.writeHead(416, { ...headers, 'content-range': `bytes */${total}`, 'content-length': 0 }).end();
    return;
  }
  const [from, to] = range === 'whole' ? [0, total] : range;
  raw.writeHead(range === 'whole' ? 200 : 206, {
    ...headers,
    'content-length': to - from,
    ...(range === 'whole' ? {} : { 'content-range': `bytes ${from}-${to - 1}/${total}` }),
  });
  const last = request.method === 'HEAD' ? from : to;
  const body = storedBytes(audio, record.request.targetFormat, from, last);
  // A client that leaves while it downloads is no failure of ours; its connection is closed either way.
  await send(body, raw, pace).catch(() => raw.destroy());
}

async function send(body: Readable, raw: ServerResponse, pace: PumpPace): Promise<void> {
  for await (const chunk of body) {
    if (raw.destroyed) return;
    if (!raw.write(chunk)) await takenInTime(drained(raw), pace);
  }
  raw.end();
  const taken = flushed(raw);
  if (taken) await takenInTime(taken, pace);
}
