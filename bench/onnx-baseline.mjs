// One process that speaks whole sentences of a voice: by sherpa-onnx-node, or by session.run in a process for each core.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const RATE_HZ = 22_050;
const require = createRequire(import.meta.url);
const KINDS = { sherpa, plain, one: speakAll };

const [kind, given] = process.argv.slice(2);
process.send(await KINDS[kind](JSON.parse(given)), () => process.exit(0));

async function sherpa({ model, tokens, texts, threads }) {
  const { OfflineTts } = require('sherpa-onnx-node');
  const vits = { model, tokens, lexicon: '', noiseScale: 0, noiseScaleW: 0, lengthScale: 1 };
  const tts = new OfflineTts({
    model: { vits, numThreads: threads, provider: 'cpu', debug: false },
    maxNumSentences: 1,
  });
  tts.generate({ text: 'abcdefghij', sid: 0, speed: 1 });
  const startedMs = performance.now();
  const samples = texts.map((text) => tts.generate({ text, sid: 0, speed: 1 }).samples.length);
  return { seconds: samples.reduce((a, b) => a + b, 0) / RATE_HZ, wallMs: performance.now() - startedMs };
}

/** A process for each core with a session of its own, taking every n-th sentence. */
async function plain({ model, texts, threads }) {
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, worker) => {
      const own = { model, texts: texts.filter((_text, i) => i % threads === worker) };
      return new Promise((resolve, reject) => {
        const child = fork(fileURLToPath(import.meta.url), ['one', JSON.stringify(own)]);
        child.once('message', resolve).once('error', reject);
      });
    }),
  );
  const eachMs = parts.flatMap((part) => part.eachMs);
  const busiestMs = Math.max(...parts.map((part) => part.eachMs.reduce((a, b) => a + b, 0)));
  return { eachMs, seconds: parts.reduce((sum, part) => sum + part.seconds, 0), wallMs: busiestMs };
}

async function speakAll({ model, texts }) {
  const ort = require('onnxruntime-node');
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableMemPattern: false,
  });
  const scalar = (value) => new ort.Tensor('float32', Float32Array.of(value), [1]);
  const run = async (text) => {
    const ids = [0, ...Array.from(text).flatMap((letter) => [letter.charCodeAt(0) - 96, 0])];
    const x = new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const length = new ort.Tensor('int64', BigInt64Array.of(BigInt(ids.length)), [1]);
    const { y } = await session.run({
      x,
      x_length: length,
      noise_scale: scalar(0),
      length_scale: scalar(1),
      noise_scale_w: scalar(0),
    });
    return y.data.length;
  };
  await run('abcdefghij');
  const eachMs = [];
  let samples = 0;
  for (const text of texts) {
    const startedMs = performance.now();
    samples += await run(text);
    eachMs.push(performance.now() - startedMs);
  }
  return { eachMs, seconds: samples / RATE_HZ };
}
