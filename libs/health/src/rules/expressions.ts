import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode, Context } from '@marcbachmann/cel-js';
import type { LiveObject } from '../model.ts';
import { fieldsOf, numberOf } from '../read.ts';
import { Conditions } from './conditions.ts';
import { neededToHold } from './needed-fields.ts';
import type { FieldPath } from './needed-fields.ts';

/** What an expression sees. `metadata`, `spec` and `status` are empty maps where the object has none. */
export interface Scope extends Context {
  readonly object: LiveObject;
  readonly metadata: LiveObject;
  readonly spec: LiveObject;
  readonly status: LiveObject;
  readonly conditions: Conditions;
}

export function scopeOf(object: LiveObject): Scope {
  const metadata = fieldsOf(object.metadata);
  const status = fieldsOf(object.status);
  return {
    object,
    metadata,
    spec: fieldsOf(object.spec),
    status,
    conditions: new Conditions(status, numberOf(metadata.generation)),
  };
}

/** What is wrong with an expression, and where: line and column are counted from 1. */
export interface ExpressionProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type Compiled =
  | {
      readonly ok: true;
      readonly evaluate: (scope: Scope) => unknown;
      /** Without these it gives no true. */
      readonly needs: readonly FieldPath[];
    }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** Parses and type-checks once; evaluation throws where a field is missing, as CEL does. */
export function compileExpression(text: string, type: 'bool' | 'string'): Compiled {
  try {
    const program = environment().parse(text);
    refuseRegularExpressions(program.ast);
    // Before the check, which puts macros' workings in the place of macros.
    const needs = neededToHold(program.ast);
    const check = program.check();
    if (!check.valid) return { ok: false, problem: problemOf(check.error, text) };
    const isRightType = check.type === type || check.type === 'dyn' || type === 'string';
    if (!isRightType) {
      const message = `the expression gives ${check.type ?? 'nothing'}, and ${type} is needed`;
      return { ok: false, problem: { message, line: 1, column: 1 } };
    }
    return { ok: true, evaluate: (scope) => program(scope) as unknown, needs };
  } catch (error) {
    return { ok: false, problem: problemOf(error, text) };
  }
}

let known: Environment | undefined;

/** Made when the first rule is compiled: an agent that sees no custom resource pays nothing. */
function environment(): Environment {
  known ??= new Environment({
    enableOptionalTypes: true,
    limits: { maxAstNodes: 500, maxDepth: 40 },
  })
    .registerVariable('object', 'map')
    .registerVariable('metadata', 'map')
    .registerVariable('spec', 'map')
    .registerVariable('status', 'map')
    .registerType('Conditions', Conditions)
    .registerVariable('conditions', 'Conditions')
    .registerFunction('Conditions.of(dyn): Conditions', (all: Conditions, part: unknown) => all.of(part))
    .registerFunction('Conditions.isSet(string): bool', (all: Conditions, type: string) => all.has(type))
    .registerFunction('Conditions.isTrue(string): bool', is('True'))
    .registerFunction('Conditions.isFalse(string): bool', is('False'))
    .registerFunction('Conditions.isUnknown(string): bool', is('Unknown'))
    .registerFunction('Conditions.anyTrue(list): bool', any('True'))
    .registerFunction('Conditions.anyFalse(list): bool', any('False'))
    .registerFunction('Conditions.anyUnknown(list): bool', any('Unknown'))
    .registerFunction('Conditions.allTrue(list): bool', (all: Conditions, types: readonly string[]) =>
      types.every((type) => all.is(type, 'True')),
    )
    .registerFunction('Conditions.whyNot(list): string', whyNot)
    // As in Kubernetes' own list library, over the numbers of a list.
    .registerFunction('list.sum(): double', (list: readonly unknown[]) =>
      list.reduce<number>((sum, value) => sum + Number(value), 0),
    )
    .registerFunction(
      'Conditions.reason(string): string',
      (all: Conditions, type: string) => all.find(type)?.reason ?? '',
    )
    .registerFunction(
      'Conditions.message(string): string',
      (all: Conditions, type: string) => all.find(type)?.message ?? '',
    );
  return known;
}

function is(status: string) {
  return (all: Conditions, type: string): boolean => all.is(type, status);
}

/** What the first of these that isn't True says. */
function whyNot(all: Conditions, types: readonly string[]): string {
  const listed = types.map((type) => all.find(type)).filter((condition) => condition !== undefined);
  const first =
    listed.find(({ status }) => status === 'False') ?? listed.find(({ status }) => status !== 'True');
  return first ? first.message || first.reason || `${first.type} is ${first.status}` : '';
}

function any(status: string) {
  return (all: Conditions, types: readonly string[]): boolean => types.some((type) => all.is(type, status));
}

class RefusedExpression extends Error {
  readonly start: number;

  /** Thrown at what CEL has and health rules don't. */
  constructor(message: string, start: number) {
    super(message);
    this.start = start;
  }
}

/** The library's `matches` is JavaScript's RegExp, whose time a hostile text makes endless; RE2's isn't bundled. */
function refuseRegularExpressions(ast: ASTNode): void {
  const waiting: unknown[] = [ast];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (Array.isArray(node)) {
      for (const part of node) waiting.push(part);
    } else if (isNode(node)) {
      if ((node.op === 'rcall' || node.op === 'call') && node.args[0] === 'matches') {
        throw new RefusedExpression(
          'health rules have no matches(): use startsWith, endsWith or contains',
          node.start,
        );
      }
      waiting.push(node.args);
    }
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function problemOf(error: unknown, text: string): ExpressionProblem {
  const { summary, range, start } = error as {
    summary?: string;
    range?: { start: number };
    start?: number;
  };
  const before = text.slice(0, range?.start ?? start ?? 0).split('\n');
  return {
    message: summary ?? (error instanceof Error ? error.message : String(error)),
    line: before.length,
    column: before.at(-1)!.length + 1,
  };
}
