import { Pool } from 'undici';

const OF_ONE_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

/**
 * The least that a proxy in Node can do: each chunk of the upstream's answer goes from undici's callback to
 * `response.write`. No check, no segment, no verdict, no log.
 * @param {string} upstreamUrl
 * @returns {(request: { path: string, headers: Record<string, string>, body: string | Buffer }, response: import('node:http').ServerResponse) => void}
 */
export function forwarder(upstreamUrl) {
  const pool = new Pool(upstreamUrl, { connections: null, pipelining: 1 });
  return ({ path, headers, body }, response) => {
    let upstream;
    response.on('close', () => {
      if (!response.writableFinished) upstream?.abort(new Error('the client left'));
    });
    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart(controller) {
          upstream = controller;
        },
        onResponseStart(controller, status, answered) {
          response.on('drain', () => controller.resume());
          const kept = Object.entries(answered).filter(([name]) => !OF_ONE_HOP.has(name));
          response.writeHead(status, Object.fromEntries(kept));
        },
        onResponseData(controller, chunk) {
          if (!response.write(chunk)) controller.pause();
        },
        onResponseEnd: () => response.end(),
        onResponseError(_controller, error) {
          if (response.headersSent) response.destroy(error);
          else response.writeHead(502).end();
        },
      },
    );
  };
}
