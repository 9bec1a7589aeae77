import type { HttpAnswer } from './http-answer.js';

export interface ServerEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: string;
}

/** Events of one `text/event-stream`, read no faster than they are asked for. */
export class EventReader {
  private text = '';
  private readonly decoder = new TextDecoder();

  constructor(private readonly answer: Pick<HttpAnswer, 'next'>) {}

  /** Comments are passed over; undefined after an orderly end. */
  async next(): Promise<ServerEvent | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const lines = this.text.slice(0, end).split('\n');
        this.text = this.text.slice(end + 2);
        const event = parse(lines);
        if (event) return event;
        continue;
      }
      const chunk = await this.answer.next();
      if (!chunk) return undefined;
      this.text += this.decoder.decode(chunk, { stream: true });
    }
  }
}

function parse(lines: readonly string[]): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const [event, id] = [fields.get('event'), fields.get('id')];
  return { data, ...(event === undefined ? {} : { event }), ...(id === undefined ? {} : { id }) };
}
