import { transcoderSuite } from './transcoder.suite.js';
import { openStage } from './transcoder/stage.js';

transcoderSuite('permissive', { open: () => openStage('permissive'), lacks: ['aac'] });
