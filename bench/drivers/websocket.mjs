import { once } from 'node:events';
import { request as httpRequest, Agent } from 'node:http';
import { json } from 'node:stream/consumers';

import { WebSocket } from 'ws';

import { wireRequest } from './wire-request.mjs';

const SEQ_BYTES = 4;

/** A session by `POST /v1/tts/sessions`, then its parts from `/v1/tts/stream/{id}` as binary frames. */
export class WebSocketDriver {
  #agent = new Agent({ keepAlive: true });

  constructor({ url }) {
    this.url = url;
  }

  open() {
    return { speak: (request, listener) => this.#speak(request, listener), close: () => {} };
  }

  async #speak(request, listener) {
    let id;
    try {
      ({ session_id: id } = await this.#create(request));
    } catch (error) {
      listener.failed(String(error.code ?? error.message));
      return;
    }
    await stream(`${this.url.replace('http', 'ws')}/v1/tts/stream/${id}?encoding=binary`, listener);
  }

  async #create(request) {
    const body = JSON.stringify(wireRequest(request));
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = httpRequest(`${this.url}/v1/tts/sessions`, { method: 'POST', agent: this.#agent, headers });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    const record = await json(answer);
    if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`);
    return record;
  }
}

function stream(url, listener) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
    let complete = false;
    let failure;
    socket.on('message', (data, isBinary) => {
      if (isBinary) return listener.audio(data, SEQ_BYTES, data.length);
      const frame = JSON.parse(data);
      if (frame.type === 'start') listener.head(200);
      else if (frame.type === 'complete') complete = true;
      else if (frame.type === 'error') failure = frame.error.code;
    });
    socket.on('error', ({ code, message }) => (failure ??= code ?? message));
    socket.on('close', () => {
      if (complete) listener.done();
      else listener.failed(failure ?? 'closed early');
      resolve();
    });
  });
}
