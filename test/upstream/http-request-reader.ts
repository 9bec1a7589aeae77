const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_BYTES = 4 * 1024 * 1024;

export interface ReadRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  /** Lower-case names; the last of two wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Reads HTTP/1.1 requests from the bytes of one connection. Bodies have a Content-Length or are chunked.
 * A request that asks to upgrade ends the reading: the bytes after its head are the new protocol's.
 */
export class HttpRequestReader {
  private held: Buffer = Buffer.alloc(0);

  /** Appends `bytes` and takes out the requests that are whole. Throws on what is no HTTP. */
  push(bytes: Buffer): ReadRequest[] {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    if (this.held.length > MAX_BYTES) throw new Error('the request is too large');
    const requests: ReadRequest[] = [];
    for (let request = this.next(); request; request = this.next()) {
      requests.push(request);
      if (request.headers['upgrade'] !== undefined) break;
    }
    return requests;
  }

  /** Bytes after an upgrade's head. */
  get rest(): Buffer {
    return this.held;
  }

  private next(): ReadRequest | undefined {
    const headEnd = this.held.indexOf(HEAD_END);
    if (headEnd < 0) return undefined;
    const [first = '', ...lines] = this.held.toString('latin1', 0, headEnd).split('\r\n');
    const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first) ?? [];
    if (method === undefined || target === undefined) throw new Error(`no request line: ${JSON.stringify(first)}`);
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    const found = this.body(headEnd + HEAD_END.length, headers);
    if (!found) return undefined;
    this.held = this.held.subarray(found.end);
    return { method, target, headers, body: found.body };
  }

  private body(from: number, headers: Record<string, string>): { body: Buffer; end: number } | undefined {
    if (headers['transfer-encoding']?.toLowerCase().includes('chunked')) return this.chunkedBody(from);
    const end = from + Number(headers['content-length'] ?? 0);
    return this.held.length < end ? undefined : { body: this.held.subarray(from, end), end };
  }

  private chunkedBody(from: number): { body: Buffer; end: number } | undefined {
    const pieces: Buffer[] = [];
    for (let at = from; ;) {
      const lineEnd = this.held.indexOf('\r\n', at);
      if (lineEnd < 0) return undefined;
      const size = Number.parseInt(this.held.toString('latin1', at, lineEnd), 16);
      if (!(size >= 0)) throw new Error('a chunk has no size');
      const end = lineEnd + 2 + size + 2;
      if (this.held.length < end) return undefined;
      if (size === 0) return { body: Buffer.concat(pieces), end };
      pieces.push(this.held.subarray(lineEnd + 2, lineEnd + 2 + size));
      at = end;
    }
  }
}
