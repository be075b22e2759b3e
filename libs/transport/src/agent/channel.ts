import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { HUB_SERVER_NAME } from '@muster/identity';
import type { AgentIdentity } from '../agent-port.ts';
import { MAX_METADATA_BYTES } from '../shared/limits.ts';

const contexts = new WeakMap<AgentIdentity, SecureContext>();

/** Mutual TLS: this identity, and only its CAs. The name is checked against the one that every hub bears. */
export function identityCredentials(identity: AgentIdentity): ChannelCredentials {
  let context = contexts.get(identity);
  if (context === undefined) {
    context = createSecureContext({
      ca: identity.authorities,
      cert: identity.certificate,
      key: identity.key,
    });
    contexts.set(identity, context);
  }
  return credentials.createFromSecureContext(context);
}

/** One connection of its own per channel: no retries, no service configs from DNS, the one fixed server name. */
export function channelOptions(address: string, maxMessageBytes: number): ClientOptions {
  return {
    'grpc.ssl_target_name_override': HUB_SERVER_NAME,
    'grpc.default_authority': HUB_SERVER_NAME,
    'grpc.enable_channelz': 0,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.max_metadata_size': MAX_METADATA_BYTES,
    // A hub on this machine is never behind a proxy.
    'grpc.enable_http_proxy': isLoopback(address) ? 0 : 1,
  };
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|localhost:|\[::1\]:)/.test(address);
}
