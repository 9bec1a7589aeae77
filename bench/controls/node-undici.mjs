// A bare proxy: node:http in front, undici behind. `node node-undici.mjs PORT UPSTREAM_URL`
import { createServer } from 'node:http';

import { forwarder } from './forward.mjs';

const [port, upstreamUrl] = process.argv.slice(2);
const forward = forwarder(upstreamUrl);

const server = createServer((request, response) => {
  const body = [];
  request.on('data', (chunk) => body.push(chunk));
  request.on('end', () => {
    const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
    forward({ path: request.url, headers, body: Buffer.concat(body) }, response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
