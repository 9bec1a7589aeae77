import { transcoderSuite } from './transcoder.suite.js';
import { openStage } from './transcoder/stage.js';

transcoderSuite('native', { open: () => openStage('native'), lacks: [] });
