/** The channels between Electron's main process and its preload. */
export const CALL_CHANNEL = 'bytescope:call';
export const TOPIC_CHANNEL = 'bytescope:topic';
