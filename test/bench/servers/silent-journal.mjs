/** Stands in for the journal: everything the engine asks of it, and nothing kept. */
const nothing = () => undefined;

const silent = {
  path: '',
  usedBytes: 0,
  isBehind: false,
  opened: nothing,
  recorded: nothing,
  noted: nothing,
  ended: nothing,
  settingsNoted: nothing,
  forget: nothing,
  setRetention: nothing,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

export const Journal = { open: () => Promise.resolve({ ok: true, value: silent }) };
