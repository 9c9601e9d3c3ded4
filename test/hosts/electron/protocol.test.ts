import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const electron = await vi.hoisted(async () => (await import('../../support/fake-electron')).createFakeElectron());
vi.mock('electron', () => electron);

const { pageHandler, registerPageScheme } = await import('../../../src-main/hosts/electron/protocol');

let outside: string;
let handle: ReturnType<typeof pageHandler>;

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'bytescope-protocol-'));
  const folder = join(outside, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<title>page</title>');
  writeFileSync(join(folder, 'assets', 'index-Ab_1.js'), 'export {};');
  writeFileSync(join(folder, 'notes.secret'), 'of no type a page has');
  writeFileSync(join(outside, 'settings.json'), '{"outside":true}');
  handle = pageHandler(folder);
});
afterAll(() => rmSync(outside, { recursive: true }));

const get = (url: string) => handle({ method: 'GET', url });

describe('the protocol of the page', () => {
  it('is a secure, standard scheme, so that the page has an origin', () => {
    registerPageScheme();
    expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledWith([
      { scheme: 'bytescope', privileges: expect.objectContaining({ standard: true, secure: true }) },
    ]);
  });

  it.each(['bytescope://app/', 'bytescope://app/index.html', 'bytescope://app/?x#y'])(
    'serves the page at %s',
    async (url) => {
      const response = get(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await response.text()).toBe('<title>page</title>');
    },
  );

  it('serves what stands in folders', () => {
    expect(get('bytescope://app/assets/index-Ab_1.js').headers.get('content-type')).toBe(
      'text/javascript; charset=utf-8',
    );
  });

  it('lets the page run its own scripts alone', () => {
    const policy = get('bytescope://app/').headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it.each([
    'bytescope://app/../settings.json',
    'bytescope://app/..%2fsettings.json',
    'bytescope://app/%2e%2e/settings.json',
    'bytescope://app/assets/../../settings.json',
    'bytescope://app/..\\settings.json',
    'bytescope://app//settings.json',
    'bytescope://app/%00/settings.json',
    'bytescope://app/notes.secret',
    'bytescope://app/assets',
    'bytescope://app/assets/',
    'bytescope://elsewhere/index.html',
    'https://app/index.html',
    'no address',
  ])('has nothing at %s', (url) => {
    expect(get(url).status).toBe(404);
  });

  it('takes GET alone', () => {
    expect(handle({ method: 'POST', url: 'bytescope://app/' }).status).toBe(405);
  });

  it('says what to do where the page is not built', async () => {
    const response = pageHandler(join(outside, 'missing'))({ method: 'GET', url: 'bytescope://app/' });
    expect(await response.text()).toContain('npm run build');
  });
});
