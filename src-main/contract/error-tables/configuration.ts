/** What settings, flags and files cannot say (`CFG_`). */
import type { ErrorEntry } from '../error-entry';

export const CONFIGURATION_ERRORS = {
  CFG_UNKNOWN_SETTING: {
    status: null,
    title: 'There is no setting named "{name}".',
    hint: 'The settings are listed by --help.',
  },
  CFG_NOT_A_NUMBER: {
    status: null,
    title: '{name} takes a number, not "{value}".',
    hint: 'Write digits, for example {name}={example}.',
  },
  CFG_NOT_WHOLE: {
    status: null,
    title: '{name} takes a whole number, not {value}.',
    hint: 'Leave the fraction out.',
  },
  CFG_TOO_SMALL: {
    status: null,
    title: '{name} cannot be {value}: it starts at {min}.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_TOO_LARGE: {
    status: null,
    title: '{name} cannot be {value}: it ends at {max}.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_NOT_OFFABLE: {
    status: null,
    title: '{name} cannot be switched off.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_NOT_A_CHOICE: {
    status: null,
    title: '{name} cannot be "{value}".',
    hint: 'Choose one of: {choices}.',
  },
  CFG_NOT_A_SWITCH: {
    status: null,
    title: '{name} is on or off, not "{value}".',
    hint: 'Write on or off.',
  },
  CFG_NOT_TEXT: {
    status: null,
    title: '{name} cannot take this text: {reason}.',
    hint: 'See what --help says about it.',
  },
  CFG_UNKNOWN_PRESET: {
    status: null,
    title: 'There is no preset named "{name}".',
    hint: 'Choose one of: {choices}.',
  },
  CFG_FILE_BROKEN: {
    status: null,
    title: 'The settings file {path} cannot be used ({reason}); it was set aside as {aside}.',
    hint: 'The defaults are in force; copy what you need from the file that was set aside.',
  },
  CFG_FILE_UNUSABLE: {
    status: null,
    title: 'The settings file {path} cannot be used ({reason}).',
    hint: 'What it does not say has its default; mend the file, or see that it may be read.',
  },
  CFG_SAVE_FAILED: {
    status: null,
    title: 'The settings could not be saved to {path} ({reason}).',
    hint: 'The change is in force until Bytescope ends; see that the folder may be written to.',
  },
  CFG_PROXY: {
    status: null,
    title: 'The proxy configuration cannot be used: {mistake}.',
    hint: 'Mend it and load it again; until then what was in force before stays in force.',
  },
  CFG_MODE_NEEDS: {
    status: null,
    title: 'The {mode} mode needs {what}.',
    hint: 'Give it together with the mode.',
  },
  CFG_PROXY_FILE: {
    status: null,
    title: 'The configuration file {path} could not be read ({reason}).',
    hint: 'See that it is there and may be read; until then what was in force before stays in force.',
  },
  CFG_FLAG: {
    status: null,
    title: '{reason}',
    hint: 'bytescope --help lists the commands and flags.',
  },
} as const satisfies Record<string, ErrorEntry>;
