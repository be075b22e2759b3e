import type { Health } from './model.ts';

/** What a person reads of it; the rest is in the object. */
const maxLength = 500;

const unprintable = /[\p{Cc}\p{Cf}\s]+/gu;
const isPlain = /^[\x20-\x7e]*$/;

/** One line of text that any terminal, log and database takes, whatever the object had in its status. */
export function bounded(health: Health): Health {
  const { message } = health;
  if (message.length <= maxLength && isPlain.test(message)) return health;
  // Cut first, so that a message of megabytes costs no more than a short one.
  const line = message
    .slice(0, maxLength * 4)
    .replace(unprintable, ' ')
    .trim();
  const cut = line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
  return { status: health.status, message: cut.toWellFormed() };
}
