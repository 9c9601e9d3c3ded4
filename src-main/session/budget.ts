/** What the settings let the parser take: byte budgets, which it checks as it consumes each byte, and its rules. */
import type { Settings } from '../contract/settings';
import { NO_LIMITS, type ParserLimits } from '../http1/events';
import { rulesOf } from '../http1/rules';

export const budgetOf = (settings: Settings): ParserLimits => ({
  maxHeadBytes: settings.maxHeadBytes,
  maxFieldCount: settings.maxFieldCount ?? Infinity,
  maxTargetBytes: settings.maxTargetBytes ?? Infinity,
  maxRequestLineBytes: settings.maxRequestLineBytes ?? Infinity,
  maxFieldLineBytes: settings.maxFieldLineBytes ?? Infinity,
  maxBodyBytes: settings.maxBodyBytes ?? Infinity,
  rules: rulesOf(settings),
});

/** Of replies to requests that are passed on: heads are bounded as those of clients are, bodies are not ours to bound. */
export const replyBudgetOf = (settings: Settings): ParserLimits => ({
  ...NO_LIMITS,
  maxHeadBytes: settings.maxHeadBytes,
  maxFieldCount: settings.maxFieldCount ?? Infinity,
  rules: rulesOf(settings),
});
