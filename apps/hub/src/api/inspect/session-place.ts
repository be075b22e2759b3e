import type { HubSession } from '@muster/transport';

/** Where a cluster's session is, and so who can ask its agent. */
export type SessionPlace =
  | { readonly where: 'here'; readonly session: Pick<HubSession, 'request' | 'hello'> }
  /** `address`: the URL of the other replica's HTTP listener, where it is known. */
  | { readonly where: 'elsewhere'; readonly address: string | undefined }
  | { readonly where: 'nowhere' };
