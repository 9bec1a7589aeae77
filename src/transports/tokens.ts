/** Injection tokens of what the doors are given; the values are made by `openGateway`. */
export const SESSIONS = Symbol('SpeechSessions');
export const VOICES = Symbol('VoiceLibrary');
export const SETTINGS = Symbol('GatewaySettings');
export const PACE = Symbol('PumpPace');
export const METRICS = Symbol('Metrics');
export const STATUS = Symbol('GatewayStatus');
export const LOG = Symbol('Log');
export const VERSION = Symbol('version');
