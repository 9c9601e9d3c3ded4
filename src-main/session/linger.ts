/** How long bytes are read and dropped after FIN was sent. nginx reads on for up to 30 s, Kestrel for 5 s. */
export const LINGER_MS = 5_000;
/** The same while the server stops: it does not wait long for clients that keep a finished connection open. */
export const STOP_LINGER_MS = 500;
