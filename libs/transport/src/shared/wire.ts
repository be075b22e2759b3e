import { ConnectResponse, FetchResponse, SessionServiceService } from '@muster/contracts';

/** A message that is encoded already: many sessions get the same bytes. */
export type Encoded<T> = T | Buffer;

/** The session service as the hub serves it: what is encoded once is sent as it is. */
export const hubSessionService = {
  connect: {
    ...SessionServiceService.connect,
    // Decoded when it is read, one message at a time: what waits costs its bytes and no more.
    requestDeserialize: (bytes: Buffer): Buffer => bytes,
    responseSerialize: (value: Encoded<ConnectResponse>): Buffer =>
      Buffer.isBuffer(value) ? value : encodeResponse(value),
  },
  fetch: {
    ...SessionServiceService.fetch,
    responseSerialize: (value: Encoded<FetchResponse>): Buffer =>
      Buffer.isBuffer(value) ? value : Buffer.from(FetchResponse.encode(value).finish()),
  },
};

/** Without the copy that the generated code makes. */
export function encodeResponse(message: ConnectResponse): Buffer {
  const bytes = ConnectResponse.encode(message).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
