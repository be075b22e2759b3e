import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document, Node, ParsedNode, YAMLError } from 'yaml';
import type { FleetProblem, Location } from './model.ts';

/** Longer files are refused: reading a megabyte of YAML takes about half a second. */
export const MAX_FLEET_FILE_CHARS = 4 * 1024 * 1024;

/** Of each file; what follows the first syntax errors mostly follows from them. */
const MAX_SYNTAX_PROBLEMS = 10;

const TOO_DEEP = 'The file is nested too deeply to be read. Make it flatter.';

/** Keys on the way to a value, as zod gives them. */
export type FieldPath = readonly (string | number)[];

/** One YAML document of a file, as plain data, and where each of its fields stands. */
export interface FleetDocument {
  readonly value: unknown;
  readonly location: Location;
  /** Where the value stands; of a field that isn't there, where the nearest one around it stands. */
  locate(path: FieldPath): Location;
  /** Where the key stands rather than its value. */
  locateKey(path: FieldPath): Location;
  /** Where a line and column (from 1) of the text that is the value stand in the file. */
  locateIn(path: FieldPath, line: number, column: number): Location;
}

export interface FleetDocuments {
  readonly documents: readonly FleetDocument[];
  readonly problems: readonly FleetProblem[];
}

/** Reads a file's documents; those that hold nothing are left out. Never throws. */
export function readDocuments(file: string, text: string): FleetDocuments {
  const problem = (message: string, line = 1, column = 1): FleetProblem => ({
    file,
    line,
    column,
    field: '',
    message,
  });
  if (text.length > MAX_FLEET_FILE_CHARS) {
    return {
      documents: [],
      problems: [problem(`The file is longer than ${MAX_FLEET_FILE_CHARS} characters. Split it.`)],
    };
  }
  const lines = new LineCounter();
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      merge: true,
    });
    const documents: FleetDocument[] = [];
    const problems: FleetProblem[] = [];
    for (const document of parsed) {
      for (const error of [...document.errors, ...document.warnings]) {
        const { line, col } = lines.linePos(Math.min(error.pos[0], text.length));
        problems.push(problem(syntaxMessage(error, text), line, col));
      }
      if (document.errors.length > 0 || document.contents === null) continue;
      const held = new DocumentWithPlaces(file, document, lines, text);
      problems.push(...held.oddities());
      try {
        const value: unknown = document.toJS({ maxAliasCount: 100 });
        if (value !== null) documents.push(held.withValue(value));
      } catch (error) {
        if (!(error instanceof ReferenceError)) throw error;
        const { line, column } = held.location;
        problems.push(
          problem(
            'The document repeats its anchors too often. Write out what the aliases stand for.',
            line,
            column,
          ),
        );
      }
    }
    return { documents, problems: problems.slice(0, MAX_SYNTAX_PROBLEMS) };
  } catch (error) {
    // The parser recurses: deep nesting ends in a full stack, which is the input's fault and not ours.
    if (error instanceof RangeError) {
      return {
        documents: [],
        problems: [problem(TOO_DEEP)],
      };
    }
    return { documents: [], problems: [problem(`The file can't be read as YAML: ${messageOf(error)}.`)] };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function syntaxMessage(error: YAMLError, text: string): string {
  // The parser catches its own full stack, and gives it as a syntax error.
  if (error.message.startsWith('Maximum call stack')) return TOO_DEEP;
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return `The field "${wordAt(text, error.pos[0])}" is there twice. Keep one.`;
    case 'TAB_AS_INDENT':
      return 'A tab is used to indent. Use spaces.';
    case 'TAG_RESOLVE_FAILED':
      return 'Tags are not supported. Remove it.';
    default:
      return `This is not YAML: ${error.message}${/[.!?]$/.test(error.message) ? '' : '.'}`;
  }
}

function wordAt(text: string, start: number): string {
  return /^["']?([^\s:,"'}\]]*)/.exec(text.slice(start, start + 64))![1]!;
}

/** Finds fields of a parsed document by their path. */
class DocumentWithPlaces {
  readonly #file: string;
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines: LineCounter;
  readonly #text: string;

  constructor(file: string, document: Document.Parsed<ParsedNode>, lines: LineCounter, text: string) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
  }

  get location(): Location {
    return this.#placeOf(this.#document.contents);
  }

  withValue(value: unknown): FleetDocument {
    return {
      value,
      location: this.location,
      locate: (path) => this.#placeOf(this.#walk(path, false)),
      locateKey: (path) => this.#placeOf(this.#walk(path, true)),
      locateIn: (path, line, column) => this.#placeIn(this.#walk(path, false), line, column),
    };
  }

  /** What plain data no longer shows: keys that JavaScript treats apart, and expressions, which don't act yet. */
  oddities(): FleetProblem[] {
    const problems: FleetProblem[] = [];
    visit(this.#document, {
      Scalar: (_, node) => {
        if (node.value === '__proto__') {
          problems.push({
            ...this.#placeOf(node),
            field: '',
            message: '"__proto__" can\'t be used here. Remove it.',
          });
        } else if (typeof node.value === 'string' && node.value.includes('${{')) {
          const message = 'Expressions, "${{ }}", are not supported yet. Write the value itself.';
          problems.push({ ...this.#placeOf(node), field: '', message });
        }
      },
    });
    return problems;
  }

  #walk(path: FieldPath, key: boolean): Node | null {
    let node: Node | null = this.#document.contents;
    for (const [index, step] of path.entries()) {
      const collection = isAlias(node) ? node.resolve(this.#document) : node;
      let next: unknown;
      if (isSeq(collection)) {
        next = collection.items[Number(step)];
      } else if (isMap(collection)) {
        const pair = collection.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(step),
        );
        const wantsKey = key && index === path.length - 1;
        next = pair === undefined ? undefined : wantsKey || isEmpty(pair.value) ? pair.key : pair.value;
      }
      if (next == null) return node;
      node = next as Node;
    }
    return node;
  }

  /** Exact in plain, quoted and literal (`|`) texts; in others, whose lines are joined, the text's own place. */
  #placeIn(node: Node | null, line: number, column: number): Location {
    const start = this.#placeOf(node);
    if (!isScalar(node)) return start;
    if (node.type === 'BLOCK_LITERAL') {
      const written = this.#text.split('\n', start.line + line)[start.line + line - 1] ?? '';
      const first = this.#text.split('\n', start.line + 1)[start.line] ?? '';
      const indent = /^ */.exec(first)![0].length;
      return { ...start, line: start.line + line, column: Math.min(indent + column, written.length + 1) };
    }
    const [from, to] = node.range ?? [0, 0];
    if (line !== 1 || this.#text.slice(from, to).includes('\n')) return start;
    const quote = node.type === 'PLAIN' ? 0 : 1;
    return { ...start, column: start.column + quote + column - 1 };
  }

  #placeOf(node: Node | null): Location {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? this.#document.range[0]);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** A field without a value stands where its key does: its own place is somewhere after the colon. */
function isEmpty(node: unknown): boolean {
  return node == null || (isScalar(node) && node.value === null && node.source === '');
}
