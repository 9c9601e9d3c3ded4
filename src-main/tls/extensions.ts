/** Extensions of a ClientHello: what they are called, and where they are defined. */
interface ExtensionEntry {
  readonly name: string;
  readonly rfc: string | null;
}

const entry = (name: string, rfc: string | null = null): ExtensionEntry => ({ name, rfc });

const TABLE: Readonly<Record<number, ExtensionEntry>> = {
  0: entry('server_name', 'RFC 6066 §3'),
  1: entry('max_fragment_length', 'RFC 6066 §4'),
  2: entry('client_certificate_url', 'RFC 6066 §5'),
  3: entry('trusted_ca_keys', 'RFC 6066 §6'),
  4: entry('truncated_hmac', 'RFC 6066 §7'),
  5: entry('status_request', 'RFC 6066 §8'),
  6: entry('user_mapping', 'RFC 4681'),
  9: entry('cert_type', 'RFC 6091 §3.1'),
  10: entry('supported_groups', 'RFC 8446 §4.2.7'),
  11: entry('ec_point_formats', 'RFC 8422 §5.1.2'),
  12: entry('srp', 'RFC 5054 §2.8.1'),
  13: entry('signature_algorithms', 'RFC 8446 §4.2.3'),
  14: entry('use_srtp', 'RFC 5764 §4.1'),
  15: entry('heartbeat', 'RFC 6520 §2'),
  16: entry('application_layer_protocol_negotiation', 'RFC 7301 §3.1'),
  17: entry('status_request_v2', 'RFC 6961 §2.2'),
  18: entry('signed_certificate_timestamp', 'RFC 6962 §3.3.1'),
  19: entry('client_certificate_type', 'RFC 7250 §3'),
  20: entry('server_certificate_type', 'RFC 7250 §3'),
  21: entry('padding', 'RFC 7685 §3'),
  22: entry('encrypt_then_mac', 'RFC 7366 §2'),
  23: entry('extended_master_secret', 'RFC 7627 §5.1'),
  24: entry('token_binding', 'RFC 8472 §2'),
  25: entry('cached_info', 'RFC 7924 §3'),
  27: entry('compress_certificate', 'RFC 8879 §3'),
  28: entry('record_size_limit', 'RFC 8449 §4'),
  34: entry('delegated_credential', 'RFC 9345 §4.1'),
  35: entry('session_ticket', 'RFC 5077 §3.2'),
  41: entry('pre_shared_key', 'RFC 8446 §4.2.11'),
  42: entry('early_data', 'RFC 8446 §4.2.10'),
  43: entry('supported_versions', 'RFC 8446 §4.2.1'),
  44: entry('cookie', 'RFC 8446 §4.2.2'),
  45: entry('psk_key_exchange_modes', 'RFC 8446 §4.2.9'),
  47: entry('certificate_authorities', 'RFC 8446 §4.2.4'),
  48: entry('oid_filters', 'RFC 8446 §4.2.5'),
  49: entry('post_handshake_auth', 'RFC 8446 §4.2.6'),
  50: entry('signature_algorithms_cert', 'RFC 8446 §4.2.3'),
  51: entry('key_share', 'RFC 8446 §4.2.8'),
  54: entry('connection_id', 'RFC 9146 §3'),
  57: entry('quic_transport_parameters', 'RFC 9001 §8.2'),
  58: entry('ticket_request', 'RFC 9149 §2'),
  0x3374: entry('next_protocol_negotiation'),
  0x4469: entry('application_settings (old)'),
  0x44cd: entry('application_settings'),
  0x754f: entry('channel_id_old'),
  0x7550: entry('channel_id'),
  0xca34: entry('trust_anchors'),
  0xfe0d: entry('encrypted_client_hello', 'RFC 9849 §5'),
  0xff01: entry('renegotiation_info', 'RFC 5746 §3.2'),
};

const column = <T>(read: (entry: ExtensionEntry) => T): Readonly<Record<number, T>> =>
  Object.fromEntries(Object.entries(TABLE).map(([code, value]) => [code, read(value)]));

export const EXTENSIONS = column(({ name }) => name);
export const EXTENSION_RULES = column(({ rfc }) => rfc);
