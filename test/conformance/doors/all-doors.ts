import type { Door } from './door.js';
import { openaiEventsDoor, sessionEventsDoor } from './event-doors.js';
import { openaiClientDoor, openaiDoor } from './openai-doors.js';
import { sessionAudioDoor, synthesizeDoor } from './rest-doors.js';
import { socketioDoor } from './socketio-door.js';
import { binaryStreamDoor, streamDoor, wsSynthesizeDoor } from './websocket-doors.js';

/** Every way in; a new door is added here and told all stories. */
export const ALL_DOORS: readonly Door[] = [
  synthesizeDoor,
  openaiDoor,
  openaiEventsDoor,
  sessionEventsDoor,
  sessionAudioDoor,
  socketioDoor,
  streamDoor,
  binaryStreamDoor,
  wsSynthesizeDoor,
  openaiClientDoor,
];
