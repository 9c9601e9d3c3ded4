import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, withSetting } from '../../src-main/contract/settings';
import { Admission } from '../../src-main/guard/admission';

const TWO_IN_ALL = withSetting(DEFAULT_SETTINGS, 'maxConnections', 2);
const ONE_EACH = withSetting(DEFAULT_SETTINGS, 'maxConnectionsPerClient', 1);

describe('Admission', () => {
  it('turns away the connection beyond the limit and says what was measured', () => {
    const admission = new Admission();
    admission.enter('a', TWO_IN_ALL);
    admission.enter('b', TWO_IN_ALL);
    expect(admission.enter('c', TWO_IN_ALL)).toEqual({
      admitted: false,
      guard: 'maxConnections',
      limit: 2,
      measured: 3,
    });
  });

  it('turns away the second connection of one client and lets another client in', () => {
    const admission = new Admission();
    admission.enter('a', ONE_EACH);
    expect(admission.enter('a', ONE_EACH)).toMatchObject({ admitted: false, guard: 'maxConnectionsPerClient' });
    expect(admission.enter('b', ONE_EACH).admitted).toBe(true);
  });

  it('does not count what it turned away', () => {
    const admission = new Admission();
    admission.enter('a', ONE_EACH);
    admission.enter('a', ONE_EACH);
    admission.leave('a');
    expect(admission.enter('a', ONE_EACH).admitted).toBe(true);
    expect(admission.open).toBe(1);
  });

  it('forgets a client that has no connection left', () => {
    const admission = new Admission();
    admission.enter('a', DEFAULT_SETTINGS);
    admission.leave('a');
    expect([admission.open, admission.openFrom('a')]).toEqual([0, 0]);
  });
});
