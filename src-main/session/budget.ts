/** What the settings let the parser take: byte budgets, which it checks as it consumes each byte, and its rules. */
import type { Settings } from '../contract/settings';
import type { ParserLimits } from '../http1/events';
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
