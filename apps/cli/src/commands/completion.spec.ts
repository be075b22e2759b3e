import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

test.each(['bash', 'zsh'])(
  'completion for %s knows the commands, their choices and options',
  async (shell) => {
    const { exitCode, stdout } = await runCli(['completion', shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"cluster") words="token label rm" ;;');
    expect(stdout).toMatch(/"get"\) words="clusters bundles .*--watch/);
  },
);

test('completion for fish knows them too', async () => {
  const { stdout } = await runCli(['completion', 'fish']);
  expect(stdout).toContain(
    `complete -c muster -f -n '__fish_seen_subcommand_from cluster' -a 'token label rm'\n`,
  );
});
