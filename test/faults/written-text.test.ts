import { expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { startGatewayServer } from '../support/gateway-server.js';
import { SocketClient } from '../support/socket-client.js';

const TEXT = Array.from({ length: 10 }, (_, nth) => `This is sentence number ${nth + 1} of the story.`).join(' ');

it('text that is still being written goes on too', { timeout: 40_000 }, async () => {
  const fault = { faults_in: 'number 3', fail_after_ms: 900 };
  const tone = await startGatewayServer({
    providers: { a: { type: 'tone' }, b: { type: 'tone' } },
    routes: { default: { targets: [{ voice: 'a/phone', options: fault }, { voice: 'b/phone' }] } },
  });
  try {
    const socket = await SocketClient.connect(tone.url, '/ws/synthesize');
    socket.send({ timings: 'word' });
    const rateHz = Number((await socket.until('ready'))['sample_rate']);
    for (const piece of TEXT.match(/.{1,7}/gu) ?? []) socket.send({ text: piece });
    socket.send({ type: 'end_of_stream' });
    const frames = (await socket.rest()).flatMap(({ frame }) => (frame ? [frame] : []));
    expect(frames.at(-1)?.type).toBe('complete');
    const seams = frames.filter(({ type }) => type === 'seam');
    expect(seams.length).toBe(1);
    const audio = frames.flatMap(({ data }) => (typeof data === 'string' ? [Buffer.from(data, 'base64')] : []));
    const heard = letters(decodeTone(Buffer.concat(audio), rateHz));
    const at = Number(seams[0]?.['text_offset']);
    expect(heard.startsWith(letters(TEXT.slice(0, at)))).toBe(true);
    expect(heard.endsWith(letters(TEXT.slice(at)))).toBe(true);
    expect(heard.length - letters(TEXT).length).toBeLessThan('sentence'.length);
  } finally {
    await tone.close();
  }
});

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
