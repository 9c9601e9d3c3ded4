import { describe, expect, it } from 'vitest';
import { costOf, MAX_COST_RULES, readCosts, type RequestCosts } from '../../src-main/contract/request-costs';

const costs = (text: string): RequestCosts => readCosts(text) ?? { rules: [], otherwise: Number.NaN };

describe('the costs of requests', () => {
  it.each([
    ['GET', '/', 1],
    ['POST', '/', 5],
    ['POST', '/search', 5],
    ['GET', '/search', 10],
    ['GET', '/search?q=1', 10],
    ['GET', 'http://example.org/search?q=1', 10],
    ['GET', 'http://example.org', 1],
    ['OPTIONS', '*', 1],
    ['GET', '/search/deep', 10],
    ['GET', '/searching', 1],
    ['PUT', '/export', 1],
    ['GET', '/export', 20],
  ])('of %s %s are told by the first rule that fits', (method, target, cost) => {
    expect(costOf(costs('1 POST=5 /search=10 GET:/export=20'), method, target)).toBe(cost);
  });

  it('are 1 where nothing else is said', () => {
    expect(costOf(costs('POST=5'), 'GET', '/')).toBe(1);
  });

  it('may be fractions, and nothing', () => {
    expect([costOf(costs('0.5'), 'GET', '/'), costOf(costs('0'), 'GET', '/')]).toEqual([0.5, 0]);
  });

  it.each(['', '   ', 'POST', '=5', 'POST=', 'POST=-1', '1e9', '9999999', 'POST /=1 x', 'GET:=5=6', '/a b=1'])(
    'are not read from "%s"',
    (text) => {
      expect(readCosts(text)).toBeNull();
    },
  );

  it('are at most so many', () => {
    const rules = (count: number) => Array.from({ length: count }, (_, index) => `/${index}=1`).join(' ');
    expect([readCosts(rules(MAX_COST_RULES)), readCosts(rules(MAX_COST_RULES + 1))]).toEqual([expect.anything(), null]);
  });
});
