/** Rules on servers of the chapter on replay. */
import { serverRules } from '../../judge/rule.js';
import { replayCursor } from './replay-cursor.js';
import { replayEnd } from './replay-end.js';
import { replayHistory } from './replay-history.js';
import { replayLive } from './replay-live.js';
import { replayRefusal } from './replay-refusal.js';
import { replayResume } from './replay-resume.js';

export const replay = serverRules('REPLAY', {
  ...replayCursor,
  ...replayResume,
  ...replayLive,
  ...replayHistory,
  ...replayRefusal,
  ...replayEnd,
});
