/** What a route is told about a request, and what a route is. */
import type { Fields, RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';

export interface ReceivedRequest {
  readonly head: RequestHead;
  /** The body after chunked coding is taken off; empty where the route does not hold it. */
  readonly body: Uint8Array;
  /** Bytes of the body received, also where they were not held. */
  readonly bodyBytes: number;
  readonly trailers: Fields | null;
  /** `127.0.0.1:53122`, `[::1]:53122` */
  readonly client: string;
  readonly connection: number;
  /** 1, 2, 3 … on its connection. */
  readonly number: number;
  readonly atMs: number;
}

/** HEAD is told as GET: what the reply would hold has to be as long as that of GET (RFC 9110 §9.3.2). */
export const toldMethod = ({ method }: RequestHead): string => (method === 'HEAD' ? 'GET' : method);

export interface Route {
  readonly name: string;
  /** The reply repeats the body, so the session has to hold it. */
  readonly holdsBody: boolean;
  /** False: the reply does not depend on the body and may be sent at once in place of `100 Continue`. */
  readonly acceptsBody: boolean;
  reply(request: ReceivedRequest): ReplyParts;
}
