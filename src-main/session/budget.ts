/** What the settings let the parser take: byte budgets, which it checks as it consumes each byte, and its rules. */
import type { Settings } from '../contract/settings';
import type { ParserLimits, ParserRules } from '../http1/events';

const rulesOf = (settings: Settings): ParserRules => ({
  bareLf: settings.acceptBareLf,
  obsFold: settings.acceptObsFold,
  equalLengths: settings.acceptEqualLengths,
  lengthWithCoding: settings.lengthWithCoding,
  codingInHttp10: settings.acceptCodingInHttp10,
  repeatedHost: settings.acceptRepeatedHost,
  emptyFieldName: settings.skipEmptyFieldNames,
  oddFieldNames: settings.skipOddFieldNames,
  versions: settings.acceptedVersions,
  http09: settings.http09,
  tlsOnPlainPort: settings.tlsOnPlainPort,
  emptyLines: settings.acceptEmptyLines,
  oddTargets: settings.acceptOddTargets,
  fieldOverflow: settings.onTooManyFields === 'drop' ? 'drop' : 'refuse',
});

export const budgetOf = (settings: Settings): ParserLimits => ({
  maxHeadBytes: settings.maxHeadBytes,
  maxFieldCount: settings.maxFieldCount ?? Infinity,
  maxTargetBytes: settings.maxTargetBytes ?? Infinity,
  maxRequestLineBytes: settings.maxRequestLineBytes ?? Infinity,
  maxFieldLineBytes: settings.maxFieldLineBytes ?? Infinity,
  maxBodyBytes: settings.maxBodyBytes ?? Infinity,
  rules: rulesOf(settings),
});
