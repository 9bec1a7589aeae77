/** One way in, as its own clients use it. A transport story is told over each of them in these words. */
export interface Door {
  readonly name: string;
  /** As metrics and logs name it. */
  readonly transport: 'rest' | 'openai' | 'sse' | 'socketio' | 'websocket';
  /** Where requests are posted; sockets have none, and OpenAI's client lets no other body through. */
  readonly path?: string;
  /** How it takes fields it does not know. */
  readonly unknownFields: 'refused' | 'ignored';
  /** Parts other than audio that its listeners are told. */
  readonly tells: 'nothing' | 'end' | 'everything';
  /** Bytes on the wire for a byte of audio, at least. */
  readonly wireBytes: number;
  connect(url: string): Promise<DoorClient>;
}

/** A request under its native wire names, PCM unless it says otherwise; each door spells it its own way. */
export interface SpokenRequest {
  readonly text: string;
  readonly [field: string]: unknown;
}

export interface DoorClient {
  /** Resolves when the speech has been taken on. Rejects with `Refused` when the answer is an error. */
  speak(request: SpokenRequest): Promise<Hearing>;
  close(): Promise<void>;
}

/** One speech as its client hears it, at the client's own pace: not asking for the next audio is not reading. */
export interface Hearing {
  readonly sessionId: string;
  readonly warnings: () => readonly string[];
  /** The next audio, as it came off the wire; undefined after an orderly end. Rejects with `Broken`. */
  next(): Promise<Buffer | undefined>;
  /** Everything but the audio bytes, in the order of its arrival, where the door tells it. */
  readonly told: readonly ToldPart[];
  /** Says that the speech is no longer wanted, in the door's own words. */
  cancel(): Promise<void>;
  /** Hangs up. */
  leave(): void;
}

export interface ToldPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly request_id: string;
  readonly retryable: boolean;
  readonly provider: string | null;
}

/** The speech was not taken on. */
export class Refused extends Error {
  constructor(
    readonly error: WireError,
    /** Of doors that have one. */
    readonly status?: number,
    readonly headers: Readonly<Record<string, unknown>> = {},
  ) {
    super(`refused: ${error.code} ${error.message}`);
  }
}

/** The speech ended without its end. `error` where the wire could still say why. */
export class Broken extends Error {
  constructor(readonly error?: WireError) {
    super(`broken off: ${error?.code ?? 'the connection'}`);
  }
}

/** Listens to the end as fast as it comes. */
export async function listen(hearing: Hearing): Promise<Buffer> {
  const heard: Buffer[] = [];
  for (let audio = await hearing.next(); audio; audio = await hearing.next()) heard.push(audio);
  return Buffer.concat(heard);
}

/** Listens until the failure, and returns it with what was heard before. A speech that ends well is the mistake here. */
export async function listenToFailure(hearing: Hearing): Promise<{ broken: Broken; heard: number }> {
  let heard = 0;
  try {
    for (let audio = await hearing.next(); audio; audio = await hearing.next()) heard += audio.length;
  } catch (error) {
    if (error instanceof Broken) return { broken: error, heard };
    throw error;
  }
  throw new Error(`The speech ended as if it were whole, after ${heard} bytes.`);
}
