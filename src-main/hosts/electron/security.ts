/**
 * What a page may not do. Bytes from the wire are shown in it: should one of them ever become code, it finds no
 * navigation, no window, no permission and no Node.
 */
import { app, type Session, type WebContents } from 'electron';
import { pagePath } from './page-address';

/** Copying a curl line on a click. Everything else is refused, reading the clipboard included. */
const GRANTED = 'clipboard-sanitized-write';

const isGranted = (permission: string, address: string | undefined): boolean =>
  permission === GRANTED && address !== undefined && pagePath(address) !== null;

export function denyPermissions(session: Session): void {
  session.setPermissionCheckHandler((_contents, permission, origin) => isGranted(permission, origin));
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) => {
    decide(isGranted(permission, requestingUrl));
  });
  session.setDevicePermissionHandler(() => false);
}

/** A page stays where it was opened; only reloading leads to the same place. */
function keepInPlace(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (event.url !== contents.getURL()) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Holds for every page of the process, whoever opens it. */
export function confinePages(): void {
  app.on('web-contents-created', (_event, contents) => keepInPlace(contents));
}
