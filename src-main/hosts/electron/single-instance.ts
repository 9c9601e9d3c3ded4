/** Two of us would fight over the port and the settings file: a second start brings the first one's window forward. */
import { app } from 'electron';

/** False: another instance runs and has been told; this one has to end. */
export function isFirstInstance(onSecondStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', onSecondStart);
  return true;
}
