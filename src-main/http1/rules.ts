/** The rules of the parser as the settings say them: the engine reads by them, and the page when it shows what was read. */
import type { Settings } from '../contract/settings';
import type { ParserRules } from './events';

export const rulesOf = (settings: Settings): ParserRules => ({
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
