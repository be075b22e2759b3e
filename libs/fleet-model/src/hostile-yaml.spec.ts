import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFleet } from './parse-fleet.ts';
import { MAX_FLEET_FILE_CHARS } from './yaml-documents.ts';

function messageFor(text: string): string | undefined {
  const result = parseFleet([{ path: 'muster.yaml', text }]);
  return result.kind === 'refused' ? result.problems[0]?.message : undefined;
}

describe('a hostile file', () => {
  test('that is nested 10,000 deep is refused', () => {
    expect(messageFor('['.repeat(10_000))).toMatch(/nested too deeply|not YAML/);
    expect(messageFor(`a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`)).toMatch(/nested too deeply/);
    expect(messageFor(Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toMatch(
      /nested too deeply/,
    );
  });

  test('whose aliases would fill the memory is refused', () => {
    const bomb = Array.from({ length: 20 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x, x]'
        : `a${i}: &a${i} [${Array(10)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    );
    expect(messageFor(bomb.join('\n'))).toMatch(/repeats its anchors too often/);
  });

  test('that is too long is refused unread', () => {
    expect(messageFor('a'.repeat(MAX_FLEET_FILE_CHARS + 1))).toMatch(/longer than/);
  });

  test('of any text is answered, never thrown over, and its problems have places', () => {
    const yamlish = fc
      .array(
        fc.constantFrom(
          ...[
            'apiVersion: muster.dev/v1alpha1\n',
            'kind: Bundle\n',
            'kind: Cluster\n',
            'metadata: ',
            '{name: a}\n',
            'spec:\n',
          ],
          ...[
            '  source: ',
            '  targets:\n',
            '    - ',
            'groups: [a]\n',
            '---\n',
            '&a ',
            '*a',
            '!!x ',
            '? ',
            ': ',
            '<<: ',
            '\t',
          ],
          ...[
            '{',
            '}',
            '[',
            ']',
            '"',
            "'",
            '|\n',
            '\n',
            ' ',
            '${{',
            '__proto__: 1\n',
            '1',
            'null',
            '...\n',
            '%YAML 1.1\n',
          ],
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), yamlish), (text) => {
        const result = parseFleet([{ path: 'muster.yaml', text }]);
        if (result.kind !== 'refused') return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of result.problems) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
