import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  isIdempotent,
  MAX_SAVED_RETRIES,
  RETRY_WORDS,
  RetryBudget,
  retryVerdict,
  type FailedAttempt,
} from '../../src-main/guard/retry-rule';

const attempt = (more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  method: 'GET',
  retries: 0,
  isSent: true,
  isBodyReplayable: true,
  isReplyBegun: false,
  ...more,
});

describe('a failed request', () => {
  it.each([
    ['retry', {}],
    ['retry', { method: 'DELETE' }],
    ['retry', { method: 'POST', isSent: false }],
    ['retry', { method: 'POST', isSent: false, isBodyReplayable: false }],
    ['not-idempotent', { method: 'POST' }],
    ['not-idempotent', { method: 'PATCH' }],
    ['not-idempotent', { method: 'CONNECT' }],
    ['not-idempotent', { method: 'get' }],
    ['not-idempotent', { method: 'toString' }],
    ['body-gone', { method: 'PUT', isBodyReplayable: false }],
    ['reply-begun', { isReplyBegun: true }],
    ['reply-begun', { isReplyBegun: true, isSent: false }],
    ['retried-before', { retries: 1 }],
    ['retried-before', { retries: 1, isSent: false }],
  ] as const)('gets the verdict %s where it is %j', (verdict, more) => {
    expect(retryVerdict(attempt(more))).toBe(verdict);
    expect(RETRY_WORDS[verdict]).toMatch(verdict === 'retry' ? /^sent again/ : /^not sent again: /);
  });

  it('is idempotent as RFC 9110 §9.2.2 says', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'POST', 'PATCH', 'CONNECT', 'LOCK'];
    expect(methods.filter(isIdempotent)).toEqual(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
  });

  test.prop([
    fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'X'),
      retries: fc.nat(3),
      isSent: fc.boolean(),
      isBodyReplayable: fc.boolean(),
      isReplyBegun: fc.boolean(),
    }),
  ])('is never sent twice where the first server may have acted on it and that matters', (each) => {
    if (retryVerdict(each) !== 'retry') return;
    expect([each.retries, each.isReplyBegun]).toEqual([0, false]);
    expect(!each.isSent || (isIdempotent(each.method) && each.isBodyReplayable)).toBe(true);
  });
});

describe('the budget of retries', () => {
  const taken = (budget: RetryBudget, rules: { budgetShare: number; minPerSec: number }, tries: number, nowMs = 0) =>
    Array.from({ length: tries }, () => budget.take(rules, nowMs)).filter(Boolean).length;

  it('begins with what it can save up', () => {
    expect(taken(new RetryBudget(0), { budgetShare: 0, minPerSec: 0 }, 100)).toBe(MAX_SAVED_RETRIES);
  });

  it('grows by a share of each request, and saves up no more than its bound', () => {
    const rules = { budgetShare: 0.1, minPerSec: 0 };
    const budget = new RetryBudget(0);
    taken(budget, rules, MAX_SAVED_RETRIES);
    for (let request = 0; request < 30; request += 1) budget.countRequest(rules);
    expect(taken(budget, rules, 10)).toBe(3);
    for (let request = 0; request < 10_000; request += 1) budget.countRequest(rules);
    expect(taken(budget, rules, 100)).toBe(MAX_SAVED_RETRIES);
  });

  it('grows with time', () => {
    const rules = { budgetShare: 0, minPerSec: 2 };
    const budget = new RetryBudget(0);
    taken(budget, rules, MAX_SAVED_RETRIES);
    expect([taken(budget, rules, 5, 499), taken(budget, rules, 5, 500), taken(budget, rules, 50, 60_000)]).toEqual([
      0,
      1,
      MAX_SAVED_RETRIES,
    ]);
  });

  it('gains nothing from a clock that goes back and forth', () => {
    const rules = { budgetShare: 0, minPerSec: 1 };
    const budget = new RetryBudget(10_000);
    taken(budget, rules, MAX_SAVED_RETRIES, 10_000);
    expect([taken(budget, rules, 5, 0), taken(budget, rules, 5, 10_000)]).toEqual([0, 0]);
  });

  test.prop([
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 10 }),
    fc.array(fc.tuple(fc.constantFrom('request', 'retry'), fc.integer({ min: 0, max: 500 })), { maxLength: 300 }),
  ])('never gives more than it got', (budgetShare, minPerSec, steps) => {
    const rules = { budgetShare, minPerSec };
    const budget = new RetryBudget(0);
    let nowMs = 0;
    let requests = 0;
    let retries = 0;
    for (const [kind, waitMs] of steps) {
      nowMs += waitMs;
      if (kind === 'request') {
        requests += 1;
        budget.countRequest(rules);
      } else if (budget.take(rules, nowMs)) {
        retries += 1;
      }
      const most = MAX_SAVED_RETRIES + requests * budgetShare + (nowMs / 1_000) * minPerSec;
      expect(retries).toBeLessThanOrEqual(most + 1e-6);
    }
  });
});
