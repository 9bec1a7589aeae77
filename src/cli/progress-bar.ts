import type { WriteStream } from 'node:tty';

const WIDTH = 30;
const REDRAW_MS = 100;

type Output = Pick<WriteStream, 'write' | 'isTTY'>;

/** How far a download has come: redrawn in place on a terminal, a line at each quarter elsewhere. */
export class ProgressBar {
  private drawnAtMs = -Infinity;
  private quarter = -1;

  constructor(
    private readonly name: string,
    private readonly output: Output,
  ) {}

  update(done: number, total: number | undefined): void {
    const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
    if (!this.output.isTTY) {
      const quarter = share === undefined ? -1 : Math.floor(share * 4);
      if (quarter <= this.quarter) return;
      this.quarter = quarter;
      this.output.write(`${this.name}: ${this.figures(done, total, share)}\n`);
      return;
    }
    const now = performance.now();
    if (share !== 1 && now - this.drawnAtMs < REDRAW_MS) return;
    this.drawnAtMs = now;
    const full = Math.round((share ?? 0) * WIDTH);
    this.output.write(
      `\r${this.name} [${'#'.repeat(full)}${' '.repeat(WIDTH - full)}] ${this.figures(done, total, share)}\u001b[K`,
    );
  }

  end(): void {
    if (this.output.isTTY) this.output.write('\n');
  }

  private figures(done: number, total: number | undefined, share: number | undefined): string {
    const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
    return total === undefined ? `${mb(done)} MB` : `${Math.round((share ?? 0) * 100)} % of ${mb(total)} MB`;
  }
}
