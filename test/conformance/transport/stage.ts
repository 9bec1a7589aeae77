import type { GatewayServer } from '../../support/gateway-server.js';
import type { Door, DoorClient, Hearing, SpokenRequest } from '../doors/door.js';

/** Where the stories of one door are told. */
export interface Stage {
  readonly door: Door;
  readonly server: GatewayServer;
  readonly client: DoorClient;
}

/** A client of its own for stories that end by hanging up. */
export async function withClient<T>({ door, server }: Stage, tell: (client: DoorClient) => Promise<T>): Promise<T> {
  const client = await door.connect(server.url);
  try {
    return await tell(client);
  } finally {
    await client.close();
  }
}

/** A speech that is under way: its first audio has been heard. */
export async function underWay(
  client: DoorClient,
  request: SpokenRequest,
): Promise<{ hearing: Hearing; heard: number }> {
  const hearing = await client.speak(request);
  const first = await hearing.next();
  if (!first) throw new Error('The speech was over before it was heard.');
  return { hearing, heard: first.length };
}
