import { io } from 'socket.io-client';

import { wireRequest } from './wire-request.mjs';

const WINDOW = 32;
/** Parts taken between two credits. */
const CREDIT_EVERY = 8;

/** `speak` over one socket.io connection for each listener, with credit for what was taken. */
export class SocketIoDriver {
  constructor({ url }) {
    this.url = url;
  }

  open() {
    return new SocketIoConnection(this.url);
  }
}

class SocketIoConnection {
  #url;
  #socket;

  constructor(url) {
    this.#url = url;
  }

  speak(request, listener) {
    this.#socket ??= io(`${this.#url}/tts`, { transports: ['websocket'], forceNew: true, reconnection: false });
    const socket = this.#socket;
    return new Promise((resolve) => {
      const end = (failure) => {
        socket.removeAllListeners();
        if (failure === undefined) listener.done();
        else listener.failed(failure);
        resolve();
      };
      socket.on('start', () => listener.head(200));
      socket.on('audio', ({ session_id, seq }, data) => {
        listener.audio(data, 0, data.length);
        if (seq % CREDIT_EVERY === CREDIT_EVERY - 1) socket.emit('credit', { session_id, seq });
      });
      socket.on('complete', () => end());
      socket.on('error', ({ error }) => end(error.code));
      socket.on('connect_error', ({ message }) => end(message));
      socket.on('disconnect', (reason) => end(reason));
      socket.emit('speak', { ...wireRequest(request), window: WINDOW }, (answer) => {
        if (answer.error) end(answer.error.code);
      });
    });
  }

  close() {
    this.#socket?.disconnect();
    this.#socket = undefined;
  }
}
