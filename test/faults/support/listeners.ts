import { openaiEventsDoor, sessionEventsDoor } from '../../conformance/doors/event-doors.js';
import { synthesizeDoor } from '../../conformance/doors/rest-doors.js';
import { socketioDoor } from '../../conformance/doors/socketio-door.js';
import { listenerOf, streamListener, type Listener } from './hear.js';

/** One of each kind of door: a chunked body, both kinds of events, both kinds of sockets. */
export const LISTENERS: readonly Listener[] = [
  listenerOf(synthesizeDoor),
  listenerOf(openaiEventsDoor),
  listenerOf(sessionEventsDoor),
  streamListener,
  listenerOf(socketioDoor),
];
