/** The byte budgets of a request, from the settings. They are checked by the parser as it consumes each byte. */
import { STRICT_RULES, type ParserLimits } from '../http1/events';
import type { Settings } from '../contract/settings';

export const budgetOf = (settings: Settings): ParserLimits => ({
  maxHeadBytes: settings.maxHeadBytes,
  maxFieldCount: settings.maxFieldCount ?? Infinity,
  maxTargetBytes: settings.maxTargetBytes ?? Infinity,
  maxRequestLineBytes: Infinity,
  maxFieldLineBytes: Infinity,
  maxBodyBytes: settings.maxBodyBytes ?? Infinity,
  rules: STRICT_RULES,
});
