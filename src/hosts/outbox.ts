/** A batch leaves early when it weighs this much, so that one tick's work cannot pile up in memory. */
const FLUSH_BYTES = 32 * 1024;

/**
 * Gathers the frames of one tick into one IPC message: a message costs far more than a frame. An urgent frame takes
 * everything before it along at once; first audio is urgent, because a synchronous engine would hold the tick.
 */
export class Outbox<Frame> {
  private frames: Frame[] = [];
  private bytes = 0;
  private timer: NodeJS.Immediate | undefined;

  constructor(private readonly deliver: (frames: readonly Frame[]) => void) {}

  post(frame: Frame, bytes = 0, urgent = false): void {
    this.frames.push(frame);
    this.bytes += bytes;
    if (urgent || this.bytes >= FLUSH_BYTES) this.flush();
    else this.timer ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.timer);
    this.timer = undefined;
    if (this.frames.length === 0) return;
    const frames = this.frames;
    this.frames = [];
    this.bytes = 0;
    this.deliver(frames);
  }

  /** Forgets what has not left. */
  clear(): void {
    clearImmediate(this.timer);
    this.timer = undefined;
    this.frames = [];
    this.bytes = 0;
  }
}
