import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut, and the rest of it left out. */
export const maxLineBytes = 16 * 1024;

/** The lines of a log: all that came at a time. The last one comes also without its end. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[], void> {
  // A character may be cut by the end of a chunk.
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isCut = false;
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = pieces.pop()!;
    const lines = isCut ? pieces.slice(1) : pieces;
    if (pieces.length > 0) isCut = false;
    if (rest.length > maxLineBytes) {
      if (!isCut) lines.push(rest);
      isCut = true;
      rest = '';
    }
    if (lines.length > 0) yield lines.map(plain);
  }
  rest += decoder.end();
  if (rest !== '' && !isCut) yield [plain(rest)];
}

/** As a terminal may show it: colours and all that moves the cursor are left out, tabs stay. */
function plain(line: string): string {
  return line.replace(escapes, '').replace(unprintable, '').slice(0, maxLineBytes).toWellFormed();
}

const escapes = /\p{Cc}\[[0-9;?]*[A-Za-z]/gu;
const unprintable = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
