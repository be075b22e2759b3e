import type { Command } from 'commander';
import { CliError, EXIT_USAGE } from '../exit.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `muster completion SHELL`: a script made from the commands themselves, so that pressing Tab starts no program. */
export function completionScript(program: Command, shell: string): string {
  const words = wordsByPath(program);
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish(words);
    default:
      throw new CliError(`"${shell}" is no shell that is known`, {
        exitCode: EXIT_USAGE,
        hint: `Try one of: ${SHELLS.join(', ')}.`,
      });
  }
}

/** What may follow each command: its commands, the choices of its arguments, its options. */
function wordsByPath(command: Command, path: readonly string[] = []): Map<string, string[]> {
  const own = [
    ...command.commands.map((it) => it.name()),
    ...command.registeredArguments.flatMap((it) => it.argChoices ?? []),
    ...command.options.map((it) => it.long).filter((it) => it != null),
  ];
  const below = command.commands.flatMap((it) => [...wordsByPath(it, [...path, it.name()])]);
  return new Map([[path.join(' '), own], ...below]);
}

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(([path, some]) => `    "${path}") words="${some.join(' ')}" ;;`);
  return `# bash completion for muster: source <(muster completion bash)
_muster() {
  local words path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case " ${[...words.keys()].filter((it) => it !== '').join(' | ')} " in
      *" \${path:+$path }$word "*) path="\${path:+$path }$word" ;;
    esac ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _muster muster
`;
}

function fish(words: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...words].map(([path, some]) => {
    const condition =
      path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1)!}`;
    return `complete -c muster -f -n '${condition}' -a '${some.join(' ')}'`;
  });
  return `# fish completion for muster: muster completion fish | source\n${lines.join('\n')}\n`;
}
