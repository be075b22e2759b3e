import type { Health } from './model.ts';

/** What a person reads of it; the rest is in the object. */
const maxLength = 500;

/** As terminals are told of colours and the like; the rest of an escape sequence would stay as text. */
const escapes = /\p{Cc}\[[0-9;?]*[A-Za-z]/gu;
const unprintable = /[\p{Cc}\p{Cf}\s]+/gu;
const isPlain = /^[\x20-\x7e]*$/;

/** One line of text that any terminal, log and database takes, whatever the object had in its status. */
export function bounded(health: Health): Health {
  const { message } = health;
  if (message.length <= maxLength && isPlain.test(message)) return health;
  return { status: health.status, message: plainLine(message, maxLength) };
}

/** Text that others wrote, as one line of at most so many characters without anything that moves a cursor. */
export function plainLine(text: string, length: number): string {
  // Cut first, so that a message of megabytes costs no more than a short one.
  const line = text
    .slice(0, length * 4)
    .replace(escapes, '')
    .replace(unprintable, ' ')
    .trim();
  const cut = line.length > length ? `${line.slice(0, length - 1)}…` : line;
  return cut.toWellFormed();
}
