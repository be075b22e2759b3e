/** One member of a JSON object, as offsets into its bytes: nothing is decoded but the key. */
export interface JsonMember {
  readonly key: string;
  /** Of the key's opening quote. */
  readonly keyStart: number;
  readonly valueStart: number;
  /** Just behind the value. */
  readonly valueEnd: number;
}

/** Where a JSON object stands and what it holds. */
export interface JsonObjectSpan {
  /** Of `{`. */
  readonly start: number;
  /** Just behind `}`. */
  readonly end: number;
  readonly members: readonly JsonMember[];
}

/** Thrown where bytes aren't the JSON they were said to be. Bytes that the render worker emitted never cause it. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

const shortString = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The members of the object that starts at `from` (leading white space is skipped); `undefined` for another kind of value. */
export function readObjectSpan(bytes: Uint8Array, from: number): JsonObjectSpan | undefined {
  const start = skipSpace(bytes, from);
  if (bytes[start] !== openBrace) return undefined;
  const members: JsonMember[] = [];
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === closeBrace) return { start, end: at + 1, members };
  for (;;) {
    const keyStart = at;
    const keyEnd = endOfString(bytes, at);
    at = skipSpace(bytes, keyEnd);
    if (bytes[at] !== colon) throw new JsonSyntaxError(`':' expected at ${at}`);
    const valueStart = skipSpace(bytes, at + 1);
    const valueEnd = endOfValue(bytes, valueStart);
    members.push({ key: readString(bytes, keyStart, keyEnd), keyStart, valueStart, valueEnd });
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] === closeBrace) return { start, end: at + 1, members };
    if (bytes[at] !== comma) throw new JsonSyntaxError(`',' or '}' expected at ${at}`);
    at = skipSpace(bytes, at + 1);
  }
}

/** Where the items of the array that starts at `from` stand; `undefined` for another kind of value. */
export function readArrayItems(
  bytes: Uint8Array,
  from: number,
): readonly { readonly start: number; readonly end: number }[] | undefined {
  let at = skipSpace(bytes, from);
  if (bytes[at] !== openBracket) return undefined;
  const items: { start: number; end: number }[] = [];
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === closeBracket) return items;
  for (;;) {
    const end = endOfValue(bytes, at);
    items.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === closeBracket) return items;
    if (bytes[at] !== comma) throw new JsonSyntaxError(`',' or ']' expected at ${at}`);
    at = skipSpace(bytes, at + 1);
  }
}

/** The text of a JSON string token, unescaped. */
export function readString(bytes: Uint8Array, start: number, end: number): string {
  // Most are short and plain, and a decoder's call costs more than they do.
  const plain = end - start <= shortString ? readPlain(bytes, start + 1, end - 1) : undefined;
  if (plain !== undefined) return plain;
  const text = utf8.decode(bytes.subarray(start, end));
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** Text without escapes or bytes beyond ASCII; `undefined` for any other. */
function readPlain(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte < 0x20 || byte === backslash) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

export function isString(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === quote;
}

export function isNull(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0x6e;
}

function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === quote) return endOfString(bytes, start);
  if (first === openBrace || first === openBracket) return endOfNested(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at]!)) at++;
  if (at === start) throw new JsonSyntaxError(`a value expected at ${start}`);
  return at;
}

/** No recursion: depth is the input's to choose. */
function endOfNested(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  throw new JsonSyntaxError(`what starts at ${start} has no end`);
}

function endOfString(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== quote) throw new JsonSyntaxError(`'"' expected at ${start}`);
  let at = start + 1;
  for (;;) {
    const end = bytes.indexOf(quote, at);
    if (end < 0) throw new JsonSyntaxError(`the string at ${start} has no end`);
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte);
}
