/** Why an address cannot be listened on (`NET_`). */
import type { ErrorEntry } from '../error-entry';

export const LISTENING_ERRORS = {
  NET_PORT_IN_USE: {
    status: null,
    title: 'Port {port} on {host} is already in use.',
    hint: 'Stop the program that listens there, or choose another port.',
  },
  NET_NO_PERMISSION: {
    status: null,
    title: 'There is no permission to listen on {host} port {port}.',
    hint: 'Choose a port from 1024 up.',
  },
  NET_ADDRESS_NOT_HERE: {
    status: null,
    title: 'The address {host} is not an address of this machine.',
    hint: 'Choose 127.0.0.1, ::1, 0.0.0.0 or an address of this machine.',
  },
  NET_HOST_UNKNOWN: {
    status: null,
    title: 'The host name {host} cannot be resolved.',
    hint: 'Choose an IP address, or check the name.',
  },
  NET_ADDRESS_MALFORMED: {
    status: null,
    title: '"{text}" is not an address to listen on.',
    hint: 'Write HOST:PORT, for example 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0.',
  },
  NET_LISTEN_FAILED: {
    status: null,
    title: 'Listening on {host} port {port} failed ({reason}).',
    hint: 'Choose another address or port.',
  },
} as const satisfies Record<string, ErrorEntry>;
