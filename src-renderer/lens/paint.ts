/** The colours a byte can be shown in. Each is a class of the hex, text and field views, bound to a token there. */
export type Paint =
  | 'method'
  | 'target'
  | 'version'
  | 'status'
  | 'reason'
  | 'name'
  | 'value'
  | 'delimiter'
  | 'chunk'
  | 'body'
  /** A byte that may not stand where it stands, though the parser let it pass. */
  | 'odd'
  /** The byte a fault or a limit fell at. */
  | 'fault'
  /** Bytes nothing was made of, because the fault came before them. */
  | 'garbage'
  /** A control byte shown by its name, set apart from the same letters as text. */
  | 'control'
  /** Not looked into. */
  | 'plain';
