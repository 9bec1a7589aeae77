import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import { mayConnect } from '../http/origin.js';

export interface SocketAdapterOptions {
  readonly maxMessageBytes: number;
  /** Origins of browser pages; `*` allows any, none allows only pages of this server. */
  readonly origins: readonly string[];
  /** Lets go of every other connection of the HTTP server, whose end closing it waits for. */
  readonly onClose: () => void;
}

/** socket.io on the HTTP server of the application. */
export class SocketAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly options: SocketAdapterOptions,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { maxMessageBytes, origins } = this.options;
    const merged: Partial<ServerOptions> = {
      ...options,
      serveClient: true,
      maxHttpBufferSize: maxMessageBytes,
      // Audio does not compress, and deflate would cost a context of memory for each socket.
      perMessageDeflate: false,
      allowRequest: (request, decide) => decide(null, mayConnect(request, origins)),
      httpCompression: false,
      ...(origins.length > 0 ? { cors: { origin: origins.includes('*') ? '*' : [...origins] } } : {}),
    };
    return super.createIOServer(port, merged as ServerOptions);
  }

  override close(server: Server): Promise<void> {
    this.options.onClose();
    return super.close(server);
  }
}
