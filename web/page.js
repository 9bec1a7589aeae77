import { PcmPlayer } from './pcm-player.js';

const at = (id) => document.getElementById(id);
let running;

async function listVoices() {
  const { voices } = await (await fetch('v1/voices')).json();
  const options = voices.map(({ id, name, languages }) => new Option(`${name} (${languages[0]})`, id));
  at('voice').replaceChildren(new Option('Default route', ''), ...options);
}

/** A lost connection is taken up again so often, after so long. */
const RETRIES = 5;
const RETRY_MS = 300;
/** WebSocket close code of a connection that was lost. */
const LOST = 1006;

/** One speech: created, then followed over a WebSocket; the audio is played as it arrives. */
class Speech {
  constructor(text, voice) {
    this.text = text;
    this.voice = voice;
    this.words = [];
    this.segments = [];
    this.nextSeq = 0;
    this.gaps = 0;
    this.parts = 0;
    this.retries = 0;
    this.over = false;
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
    if (this.over) return this.discard();
    this.connect();
    this.highlighting = setInterval(() => this.highlight(), 50);
  }

  connect() {
    const url = new URL(`v1/tts/stream/${this.id}?encoding=binary&after_seq=${this.nextSeq - 1}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => (typeof data === 'string' ? this.take(JSON.parse(data)) : this.hear(data));
    this.socket.onclose = ({ code, reason }) => this.lost(code, reason);
  }

  /** A session waits for its reader: what has been heard is not sent again. */
  lost(code, reason) {
    if (this.over) return;
    if (code !== LOST || this.retries >= RETRIES) return this.end(reason || `The connection broke (${code}).`);
    this.retries += 1;
    log(`reconnect after ${this.nextSeq - 1}`);
    setTimeout(() => !this.over && this.connect(), RETRY_MS);
  }

  take(part) {
    const { type, ...rest } = part;
    if (type === 'keepalive') return;
    this.count(`${type} ${JSON.stringify(rest)}`);
    if (type === 'start') this.begin(part);
    else if (type === 'segment') this.segments.push({ ...part, start_ms: part.audio_start_ms });
    else if (type === 'timing' && part.kind === 'word') this.words.push(part);
    else if (type === 'complete') this.end();
    else if (type === 'error') this.failed(part);
  }

  begin({ sample_rate_hz: sampleRateHz, warnings }) {
    this.player ??= new PcmPlayer(sampleRateHz);
    // A voice that does not tell its words says so; then its sentences are marked.
    this.tellsWords = !warnings.some((warning) => warning.startsWith('timings '));
  }

  /** A binary frame: 4 bytes of seq, then samples. */
  hear(frame) {
    const seq = new DataView(frame).getUint32(0);
    const samples = new Uint8Array(frame, 4);
    this.count(`audio ${seq}: ${samples.length} bytes`);
    if (this.over) return;
    if (seq === 0) at('first-audio').textContent = `${Math.round(performance.now() - this.startedAt)} ms`;
    if (seq !== this.nextSeq) at('gaps').textContent = this.gaps += 1;
    this.nextSeq = seq + 1;
    this.player.play(samples);
    at('audio-ms').textContent = `${(this.player.receivedMs / 1000).toFixed(1)} s`;
  }

  count(line) {
    log(line);
    if (running === this) at('parts').textContent = this.parts += 1;
  }

  highlight() {
    if (!this.player) return;
    at('level').value = this.player.level;
    const now = this.player.playedMs;
    const heard = this.tellsWords ? this.words : this.segments;
    const current = heard.findLast(({ start_ms }) => start_ms <= now);
    if (current && this.player.receivedMs > 0) this.mark(current);
  }

  mark({ text_start: start, text_end: end }) {
    const marked = document.createElement('mark');
    marked.textContent = this.text.slice(start, end);
    at('spoken').replaceChildren(this.text.slice(0, start), marked, this.text.slice(end));
  }

  /** The answer to a cancel, or what went wrong. */
  failed({ error, spoken_to: spokenTo }) {
    if (error.code !== 'cancelled') return this.end(error.message);
    at('message').textContent = `Stopped: ${spokenTo} of ${this.text.length} characters were sent.`;
    this.close('cancelled');
  }

  /** The last part has come: what is still queued in the player is played to its end. */
  async end(problem = '') {
    this.over = true;
    at('message').textContent = problem;
    if (!problem) await this.player?.finished();
    this.close(problem ? 'failed' : 'complete');
  }

  cancel() {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send('{"type":"cancel"}');
    else this.discard();
    this.close('cancelled');
  }

  discard() {
    if (this.id) void fetch(`v1/tts/sessions/${this.id}`, { method: 'DELETE' });
  }

  close(state) {
    this.over = true;
    clearInterval(this.highlighting);
    this.player?.close();
    if (running !== this) return;
    running = undefined;
    show(state);
  }
}

/** What is being done, and the buttons that go with it. */
function show(state) {
  at('state').textContent = state;
  at('state').dataset.state = state;
  at('stop').disabled = state !== 'speaking';
  at('speak').disabled = state === 'speaking';
  at('level').value = 0;
}

function log(line) {
  const item = document.createElement('li');
  item.textContent = line.slice(0, 300);
  at('log').prepend(item);
}

at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  for (const id of ['first-audio', 'audio-ms']) at(id).textContent = '–';
  for (const id of ['log', 'spoken', 'message']) at(id).replaceChildren();
  for (const id of ['gaps', 'parts']) at(id).textContent = '0';
  running = new Speech(at('text').value, at('voice').value);
  show('speaking');
  running.start().catch((error) => running?.end(error.message));
});
at('stop').addEventListener('click', () => running?.cancel());
listVoices().catch((error) => (at('message').textContent = error.message));
