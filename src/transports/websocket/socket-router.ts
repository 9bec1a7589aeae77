import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { requestIdOf } from '../http/http-call.js';
import { mayConnect } from '../http/origin.js';
import type { SocketParts } from './socket-parts.js';
import { streamSession } from './stream-socket.js';
import { synthesizeOverSocket } from './synthesize-socket.js';

export interface SocketRouterOptions extends Omit<SocketParts, 'requestId'> {
  readonly maxMessageBytes: number;
  /** Origins of browser pages that may connect; `*` allows any. Pages of this server always may. */
  readonly origins: readonly string[];
}

const BASE = 'http://gateway';
const STREAM = '/v1/tts/stream/';
const SYNTHESIZE = '/ws/synthesize';
const SOCKET_IO = '/socket.io/';

/**
 * The plain WebSocket doors, on the HTTP server that socket.io uses too: upgrades of its path are left to it.
 * Returns what closes every socket.
 */
export function routeSockets(server: Server, options: SocketRouterOptions): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    // Audio does not compress, and deflate would cost a context of memory for each socket.
    perMessageDeflate: false,
  });
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Node hands the socket over bare: an error without a listener would end the process.
    stream.on('error', () => stream.destroy());
    const asked = request.url ?? '/';
    if (!URL.canParse(asked, BASE)) return refuse(stream, '400 Bad Request');
    const url = new URL(asked, BASE);
    if (url.pathname.startsWith(SOCKET_IO)) return;
    if (url.pathname !== SYNTHESIZE && !url.pathname.startsWith(STREAM)) return refuse(stream, '404 Not Found');
    if (!mayConnect(request, options.origins)) return refuse(stream, '403 Forbidden');
    sockets.handleUpgrade(request, stream, head, (socket) => void serve(socket, url, request, options));
  };
  server.on('upgrade', onUpgrade);
  return () => {
    server.off('upgrade', onUpgrade);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function serve(socket: WebSocket, url: URL, request: IncomingMessage, options: SocketRouterOptions): Promise<void> {
  const requestId = requestIdOf(request.headers['x-request-id']);
  const parts: SocketParts = { sessions: options.sessions, pace: options.pace, log: options.log, requestId };
  // A frame that is too large or breaks the protocol: ws closes the socket with the right code by itself.
  socket.on('error', (error) => options.log.debug({ request_id: requestId, err: error }, 'socket failed'));
  return url.pathname === SYNTHESIZE
    ? synthesizeOverSocket(socket, parts)
    : streamSession(socket, url, url.pathname.slice(STREAM.length), parts);
}
