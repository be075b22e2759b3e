import type { ASTNode } from '@marcbachmann/cel-js';
import { fieldsOf } from '../read.ts';
import type { Scope } from './expressions.ts';

/** From a variable on: `['status', 'health', 'status']`. */
export type FieldPath = readonly string[];

const variables: ReadonlySet<string> = new Set(['object', 'metadata', 'spec', 'status']);

/** Of these only the receiver is certainly evaluated; the arguments are for items, or for what is missing. */
const lazyInArguments: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
  'or',
  'orValue',
]);

/**
 * The fields without which an expression cannot hold. Asking for them first spares its evaluation: an error of CEL's
 * for a missing field costs as much as thirty answers, and missing fields are what most rules begin with.
 */
export function neededToHold(node: ASTNode): readonly FieldPath[] {
  switch (node.op) {
    case '&&':
      return node.args.flatMap(neededToHold);
    case '||': {
      const [left, right] = node.args.map(neededToHold);
      return left!.filter((path) => right!.some((other) => isSame(path, other)));
    }
    case 'call': {
      const [name, [argument]] = node.args;
      const path = name === 'has' && argument ? pathOf(argument) : undefined;
      return path ? [path] : neededToEvaluate(node);
    }
    default:
      return neededToEvaluate(node);
  }
}

export function hasAll(scope: Scope, paths: readonly FieldPath[]): boolean {
  return paths.every((path) => {
    let value: unknown = scope;
    for (const field of path) {
      value = fieldsOf(value)[field];
      if (value === undefined) return false;
    }
    return true;
  });
}

/** The fields without which evaluation ends in an error, whatever the others are. */
function neededToEvaluate(node: ASTNode): readonly FieldPath[] {
  const path = pathOf(node);
  if (path) return path.length > 1 ? [path] : [];
  switch (node.op) {
    // Each may be settled without one of its parts.
    case '&&':
    case '||':
    case '.?':
    case '[?]':
    case 'value':
    case 'id':
    case 'map':
      return [];
    case '?:':
      return neededToEvaluate(node.args[0]);
    case '!_':
    case '-_':
      return neededToEvaluate(node.args);
    case '.':
      return neededToEvaluate(node.args[0]);
    case 'list':
      return node.args.flatMap(neededToEvaluate);
    case 'call':
      return node.args[0] === 'has' ? [] : node.args[1].flatMap(neededToEvaluate);
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (name === 'bind') return [];
      const rest = lazyInArguments.has(name) ? [] : args.flatMap(neededToEvaluate);
      return [...neededToEvaluate(receiver), ...rest];
    }
    default:
      return node.args.flatMap(neededToEvaluate);
  }
}

function pathOf(node: ASTNode): FieldPath | undefined {
  if (node.op === 'id') return variables.has(node.args) ? [node.args] : undefined;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [receiver, key] = node.args;
  const field = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
  const path = pathOf(receiver);
  return path && typeof field === 'string' ? [...path, field] : undefined;
}

function isSame(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && a.every((field, index) => field === b[index]);
}
