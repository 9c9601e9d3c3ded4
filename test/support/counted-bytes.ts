/** Bytes that count how often one of them is looked at: time is measured in steps, not by a clock. */
export interface ReadCount {
  reads: number;
}

export function countedBytes(bytes: Uint8Array, count: ReadCount): Uint8Array {
  return new Proxy(bytes, {
    get(target, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) count.reads += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
