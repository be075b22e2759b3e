import { compileExpression } from './expressions.ts';
import type { ExpressionProblem, Scope } from './expressions.ts';

type Part = (scope: Scope) => string;

/** Text with CEL in `${{ … }}`. A part that can't be evaluated, because a field is missing, is empty. */
export function compileTemplate(
  text: string,
  onProblem: (expression: string, problem: ExpressionProblem) => void,
): Part {
  const parts = text.split(/\$\{\{(.*?)\}\}/s).map((piece, index): Part => {
    if (index % 2 === 0) return () => piece;
    const expression = piece.trim();
    const compiled = compileExpression(expression, 'string');
    if (!compiled.ok) {
      onProblem(expression, compiled.problem);
      return () => '';
    }
    return (scope) => {
      try {
        return printed(compiled.evaluate(scope));
      } catch {
        return '';
      }
    };
  });
  return (scope) => parts.map((part) => part(scope)).join('');
}

/** Lists and maps have no place in a sentence. */
function printed(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : '';
}
