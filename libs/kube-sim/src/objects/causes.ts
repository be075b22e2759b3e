import type { StatusCause } from '../api/api-error.ts';
import type { Json } from '../json/value.ts';

/** What is wrong with one field, in the words of the real server. */
export const required = (field: string, why?: string): StatusCause => ({
  reason: 'FieldValueRequired',
  message: why === undefined ? 'Required value' : `Required value: ${why}`,
  field,
});

export const wrong = (field: string, value: Json | undefined, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  field,
});
