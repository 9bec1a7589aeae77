import { PcmPlayer } from './pcm-player.js';

const at = (id) => document.getElementById(id);
let running;

async function listVoices() {
  const { voices } = await (await fetch('v1/voices')).json();
  const options = voices.map(({ id, name, languages }) => new Option(`${name} (${languages[0]})`, id));
  at('voice').replaceChildren(new Option('Default route', ''), ...options);
}

/** One speech: created, then followed over a WebSocket; the audio is played as it arrives. */
class Speech {
  constructor(text, voice) {
    this.text = text;
    this.voice = voice;
    this.words = [];
    this.nextSeq = 0;
    this.gaps = 0;
    this.parts = 0;
  }

  async start() {
    this.startedAt = performance.now();
    const request = { text: this.text, timings: 'word', ...(this.voice ? { voice: this.voice } : {}) };
    const response = await fetch('v1/tts/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const session = await response.json();
    if (!response.ok) throw new Error(session.error.message);
    this.id = session.session_id;
    const stream = new URL(`v1/tts/stream/${this.id}?encoding=binary`, location.href);
    stream.protocol = stream.protocol.replace('http', 'ws');
    this.socket = new WebSocket(stream);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => (typeof data === 'string' ? this.take(JSON.parse(data)) : this.hear(data));
    this.socket.onclose = () => this.end('The connection broke.');
    this.highlighting = setInterval(() => this.highlight(), 50);
  }

  take(part) {
    const { type, ...rest } = part;
    if (type === 'keepalive' || this.ended) return;
    this.count(`${type} ${JSON.stringify(rest)}`);
    if (type === 'start') this.player = new PcmPlayer(part.sample_rate_hz);
    else if (type === 'timing' && part.kind === 'word') this.words.push(part);
    else if (type === 'complete') this.end();
    else if (type === 'error') this.end(part.error.message);
  }

  /** An audio frame: 4-byte big-endian seq, then the samples. */
  hear(frame) {
    if (this.ended) return;
    const seq = new DataView(frame).getUint32(0);
    const samples = new Uint8Array(frame, 4);
    this.count(`audio ${seq}: ${samples.length} bytes`);
    if (seq === 0) at('first-audio').textContent = `${Math.round(performance.now() - this.startedAt)} ms`;
    if (seq !== this.nextSeq) at('gaps').textContent = this.gaps += 1;
    this.nextSeq = seq + 1;
    this.player.play(samples);
    at('audio-ms').textContent = `${Math.round(this.player.receivedMs)} ms`;
  }

  count(line) {
    this.parts += 1;
    at('parts').textContent = this.parts;
    log(line);
  }

  highlight() {
    if (!this.player) return;
    at('level').textContent = this.player.level.toFixed(3);
    const now = this.player.playedMs;
    const word = this.words.findLast(({ start_ms }) => start_ms <= now);
    if (!word) return;
    const marked = document.createElement('mark');
    marked.textContent = this.text.slice(word.text_start, word.text_end);
    at('spoken').replaceChildren(this.text.slice(0, word.text_start), marked, this.text.slice(word.text_end));
  }

  /** The last part has come: what is still queued in the player is played to its end. */
  async end(problem = '') {
    if (this.ended) return;
    this.ended = true;
    at('message').textContent = problem;
    if (!problem) await this.player?.finished();
    this.close(problem ? 'failed' : 'complete');
  }

  cancel() {
    this.ended = true;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: 'cancel' }));
    this.close('cancelled');
  }

  close(state) {
    clearInterval(this.highlighting);
    this.player?.close();
    if (running !== this) return;
    running = undefined;
    at('state').textContent = state;
    at('stop').disabled = true;
    at('speak').disabled = false;
  }
}

function log(line) {
  const item = document.createElement('li');
  item.textContent = line.slice(0, 300);
  at('log').prepend(item);
}

at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  for (const id of ['first-audio', 'audio-ms', 'level']) at(id).textContent = '–';
  for (const id of ['log', 'spoken', 'message']) at(id).replaceChildren();
  at('gaps').textContent = '0';
  at('state').textContent = 'speaking';
  at('speak').disabled = true;
  at('stop').disabled = false;
  running = new Speech(at('text').value, at('voice').value);
  running.start().catch((error) => running?.end(error.message));
});
at('stop').addEventListener('click', () => running?.cancel());
listVoices().catch((error) => (at('message').textContent = error.message));
