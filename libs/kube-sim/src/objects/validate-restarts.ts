import type { StatusCause } from '../api/api-error.ts';
import { textAt, type JsonObject } from '../json/value.ts';
import { required } from './causes.ts';

const field = 'spec.template.spec.restartPolicy';

/** What is to run for ever restarts always. */
export const validateEndless = (object: JsonObject): StatusCause[] => {
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy') ?? 'Always';
  const message = `Unsupported value: "${policy}": supported values: "Always"`;
  return policy === 'Always' ? [] : [{ reason: 'FieldValueNotSupported', message, field }];
};

/** What is to come to an end doesn't restart for ever, and must say how it restarts. */
export const validateEnding = (object: JsonObject): StatusCause[] => {
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy') ?? 'Always';
  return policy === 'Always' ? [required(field, 'valid values: "OnFailure", "Never"')] : [];
};
