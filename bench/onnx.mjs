// Local voices against the bars: node bench/onnx.mjs [--quick]. The voice has the geometry of Piper "medium" and
// random weights, so it sounds like nothing and costs what a real one costs.
import { execFileSync, fork } from 'node:child_process';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register();
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { sherpaVitsModel } = await import('../providers/onnx/fixtures/other-voices.ts');
const { MEDIUM, SMALL } = await import('../providers/onnx/fixtures/vits-voice.ts');
const { call, hear, request } = await import('../providers/onnx/fixtures/speech.ts');
const { createHostFactory } = await import('../src/hosts/host-factory.ts');
const { silentLog } = await import('../src/core/call-context.ts');
const { default: onnx } = await import('../providers/onnx/index.ts');

const cores = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), 'bench-onnx-'));
const letters = 'abcdefghijklmnopqrstuvwxyz';
const facts = {
  model_type: 'vits',
  comment: 'bench',
  language: 'English',
  frontend: 'characters',
  punctuation: '',
  add_blank: 1,
  n_speakers: 1,
  sample_rate: 22_050,
  noise_scale: 0,
  noise_scale_w: 0,
  length_scale: 1,
};
/** `count` letters; each is some 70 ms of audio with its blank. */
const text = (count) => Array.from({ length: count }, (_, i) => letters[(i * 7) % 26]).join('');
const seconds = (heard) => heard.samples.length / 22_050;

function voice(name, body) {
  const path = join(folder, name);
  writeFileSync(`${path}.onnx`, sherpaVitsModel(facts, body));
  return `${path}.onnx`;
}

const hosts = createHostFactory();
async function open(options) {
  const id = `bench-${Math.random().toString(36).slice(2)}`;
  const provider = await onnx.create(onnx.options.parse({ voices_dir: folder, watch: false, ...options }), {
    id,
    hosts,
    log: silentLog,
  });
  await provider.voices(new AbortController().signal);
  return provider;
}

async function firstAudio(provider, count) {
  const startedMs = performance.now();
  let firstMs = 0;
  let samples = 0;
  for await (const part of provider.speak(request(text(count), { voice: 'medium' }), call())) {
    if (part.type !== 'audio') continue;
    firstMs ||= performance.now() - startedMs;
    samples += part.data.length / 2;
  }
  return { firstMs, totalMs: performance.now() - startedMs, seconds: samples / 22_050 };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Whole sentences in a process of its own: `plain` by session.run, `sherpa` by sherpa-onnx-node. */
function other(kind, job) {
  return new Promise((resolve) => {
    const child = fork(new URL('./onnx-baseline.mjs', import.meta.url), [kind, JSON.stringify(job)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let answer;
    child.on('message', (message) => (answer = message));
    child.on('exit', (code) => resolve(answer ?? { failed: `ended with ${code}` }));
  });
}

const model = voice('medium', MEDIUM);
voice('small', SMALL);
writeFileSync(
  join(folder, 'tokens.txt'),
  ['_ 0', ...Array.from(letters, (letter, i) => `${letter} ${i + 1}`)].join('\n') + '\n',
);
const report = { cpu: cpus()[0]?.model, cores, node: process.version };

const single = await open({ workers: 1, threads: 1, preload: [] });
await firstAudio(single, 20);
report.firstAudio = [];
for (const count of [40, 140, 280]) {
  const runs = [];
  for (let i = 0; i < (values.quick ? 3 : 7); i += 1) runs.push(await firstAudio(single, count));
  const whole = await other('plain', { model, texts: [text(count), text(count), text(count)], threads: 1 });
  report.firstAudio.push({
    seconds: +runs[0].seconds.toFixed(1),
    firstMs: +median(runs.map(({ firstMs }) => firstMs)).toFixed(1),
    totalMs: +median(runs.map(({ totalMs }) => totalMs)).toFixed(1),
    wholeSentenceMs: whole.eachMs === undefined ? whole : +median(whole.eachMs).toFixed(1),
  });
}
await single.close();

const all = await open({ workers: cores, threads: 1 });
const texts = Array.from({ length: values.quick ? 8 : 24 }, (_, i) => text(60 + ((i * 37) % 120)));
const say = (line) => all.speak(request(line, { voice: 'medium' }), call());
await Promise.all(Array.from({ length: cores }, () => hear(say(text(20)))));
const lag = monitorEventLoopDelay({ resolution: 1 });
lag.enable();
const startedMs = performance.now();
const heard = await Promise.all(texts.map((line) => hear(say(line))));
const wallMs = performance.now() - startedMs;
lag.disable();
const audio = heard.reduce((sum, one) => sum + seconds(one), 0);
report.throughput = { audioSeconds: +audio.toFixed(1), gateway: +(audio / (wallMs / 1000)).toFixed(1) };
report.eventLoopLagP99Ms = +(lag.percentile(99) / 1e6 - 1).toFixed(1);
for (const kind of ['sherpa', 'plain']) {
  const result = await other(kind, { model, texts, threads: cores, tokens: join(folder, 'tokens.txt') });
  report.throughput[kind] = result.failed ?? +(result.seconds / (result.wallMs / 1000)).toFixed(1);
}

const sentences = values.quick ? 400 : 2000;
const rss = () =>
  execFileSync('ps', ['--ppid', String(process.pid), '-o', 'rss=,args='])
    .toString()
    .split('\n')
    .filter((line) => /tts-gateway bench-\w+ host/.test(line))
    .map((line) => Math.round(Number.parseInt(line, 10) / 1000));
const speakSmall = async (from, to) => {
  for (let i = from; i < to; i += 8) {
    await Promise.all(
      Array.from({ length: 8 }, (_, k) =>
        hear(all.speak(request(text(10 + (((i + k) * 13) % 150)), { voice: 'small' }), call())),
      ),
    );
  }
};
await speakSmall(0, sentences / 4);
const before = rss();
await speakSmall(sentences / 4, sentences);
report.memory = {
  sentences,
  workersMbBefore: before,
  workersMbAfter: rss(),
  gatewayMb: Math.round(process.memoryUsage.rss() / 1e6),
};
await all.close();
await hosts.close();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(report, null, 2));
process.exit(0);
