/** What a reply says of itself in one code: the status of HTTP, or where SOCKS is spoken the code of its reply. */
import { isSocksReply, SOCKS_REPLIES, socksReplyWords } from '@contract/socks-replies';

/** `404`; `REP 5` */
export const statusSign = (status: number): string => (isSocksReply(status) ? `REP ${status}` : String(status));

/** `status 404`; `REP 5 (connection refused)` */
export const statusWords = (status: number): string =>
  isSocksReply(status) ? socksReplyWords(status) : `status ${status}`;

export const isRefusal = (status: number): boolean =>
  isSocksReply(status) ? status !== SOCKS_REPLIES.succeeded : status >= 400;
