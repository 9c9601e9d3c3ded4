/** What is wrong with a proxy configuration: each mistake with the path of the value, as the rest of its sentence. */
import * as v from 'valibot';
import type { Failure } from './errors';

export interface Mistake {
  /** `upstreams.api.servers[2].url`; empty where it is the text as a whole. */
  readonly path: string;
  /** What is wrong, without a full stop. */
  readonly reason: string;
}

export type Mistakes = readonly [Mistake, ...Mistake[]];

/** More than a person mends at one go. */
export const MAX_MISTAKES = 20;
const MAX_PATH_CHARS = 200;
const MAX_REASON_CHARS = 300;

/** `a.b[2].c`. Keys come from the file, so they are cut where they have no end. */
export function pathText(keys: readonly unknown[]): string {
  const text = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '').slice(0, MAX_PATH_CHARS);
}

export const mistake = (keys: readonly unknown[], reason: string): Mistake => ({
  path: pathText(keys),
  reason: reason.slice(0, MAX_REASON_CHARS),
});

/** `upstreams.api.servers[2].url: it begins with http:// or https://.` */
export const sentenceOf = ({ path, reason }: Mistake): string => `${path === '' ? '' : `${path}: `}${reason}.`;

export const mistakesOf = (issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): Mistakes => {
  const [first, ...others] = issues.map((issue) => mistake(issue.path?.map(({ key }) => key) ?? [], issue.message));
  return [first!, ...others.slice(0, MAX_MISTAKES - 1)];
};

/**
 * The first mistake as a failure, for a command line and a call; the others are told by their number. `mistakes` has
 * the sentences of all of them, one a line, for who has room to show them.
 */
export function asFailure(mistakes: Mistakes): Failure {
  const [first, ...others] = mistakes;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const mistake = `${sentenceOf(first).slice(0, -1)}${more}`;
  return { code: 'CFG_PROXY', detail: { mistake, mistakes: mistakes.map(sentenceOf).join('\n') } };
}

/** Says of an object what its keys are, and which one is missing or unknown. */
const objectMessage = (keys: readonly string[]) => (issue: v.StrictObjectIssue) => {
  if (issue.expected === 'never') return `there is no such key; the keys here are ${keys.join(', ')}`;
  return issue.expected === 'Object' ? 'this is an object in braces' : 'this has to be given';
};

/** An object that takes the keys declared and no others. */
export const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, objectMessage(Object.keys(entries)));

/** A whole number within bounds. */
export const whole = (min: number, max: number) => {
  const message = `it takes a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(min, message), v.maxValue(max, message));
};

/** A share from `min` to 1. */
export const share = (min: number) => {
  const message = `it takes a number from ${min} to 1`;
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(1, message));
};

export const flag = v.boolean('it takes true or false');

export const choice = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `it takes one of ${options.map((option) => `"${option}"`).join(', ')}`);

/** Text that `problem` has nothing to say against; it says it as the rest of a sentence. */
export const text = (problem: (value: string) => string | null) =>
  v.pipe(
    v.string('it takes text in quotation marks'),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problem(dataset.value) : null;
      if (message !== null) addIssue({ message });
    }),
  );

export const list = <const Item extends v.GenericSchema>(item: Item, min: number, max: number) =>
  v.pipe(
    v.array(item, 'it takes a list in brackets'),
    v.minLength(min, 'it takes at least one entry'),
    v.maxLength(max, `it takes at most ${max} entries`),
  );
