import type { JsonObject } from '../json/value.ts';

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Thrown where a request is to be answered with a failure: the rim turns it into a `Status`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  /** Empty for the plain 500 of a server that has no better word, as in the real one. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** Which object an error is about, as its message and details name it. */
export interface ErrorSubject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly name: string;
}

const qualified = (word: string, group: string): string => (group === '' ? word : `${word}.${group}`);

const detailsOf = ({ group, name }: ErrorSubject, kind: string): StatusDetails => ({
  ...(name !== '' && { name }),
  ...(group !== '' && { group }),
  kind,
});

export const notFound = (subject: ErrorSubject): ApiError =>
  new ApiError(
    404,
    'NotFound',
    `${qualified(subject.plural, subject.group)} "${subject.name}" not found`,
    detailsOf(subject, subject.plural),
  );

/** Of a path that leads nowhere. */
export const noSuchResource = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (subject: ErrorSubject, isGoing = false): ApiError =>
  new ApiError(
    409,
    'AlreadyExists',
    `${isGoing ? 'object is being deleted: ' : ''}${qualified(subject.plural, subject.group)} "${subject.name}" already exists`,
    detailsOf(subject, subject.plural),
  );

export const conflict = (subject: ErrorSubject, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject.plural, subject.group)} "${subject.name}": ${why}`,
    detailsOf(subject, subject.plural),
  );

export const modified = (subject: ErrorSubject): ApiError =>
  conflict(
    subject,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const forbidden = (subject: ErrorSubject, why: string, causes?: readonly StatusCause[]): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    `${qualified(subject.plural, subject.group)} "${subject.name}" is forbidden: ${why}`,
    { ...detailsOf(subject, subject.plural), ...(causes !== undefined && { causes }) },
  );

export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

export const gone = (requested: number, oldest: number): ApiError =>
  new ApiError(410, 'Expired', `too old resource version: ${requested} (${oldest})`);

export const invalid = (subject: ErrorSubject, causes: readonly StatusCause[]): ApiError => {
  const texts = causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const why = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `${qualified(subject.kind, subject.group)} "${subject.name}" is invalid: ${why}`,
    {
      ...detailsOf(subject, subject.kind),
      causes,
    },
  );
};

const defined = (details: StatusDetails): JsonObject => JSON.parse(JSON.stringify(details)) as JsonObject;

/** The `Status` object that tells a failure. */
export const statusOf = (error: ApiError): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: error.message,
  ...(error.reason !== '' && { reason: error.reason }),
  ...(error.details !== undefined && { details: defined(error.details) }),
  code: error.code,
});
