/** True where a text has control characters, or half of a character: neither names anything, nor can be stored. */
export function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text) || !text.isWellFormed();
}

/** As `hasControl`, for texts that may have lines. */
export function hasControlInLines(text: string): boolean {
  return hasControl(text.replace(/[\t\n\r]/g, ''));
}
