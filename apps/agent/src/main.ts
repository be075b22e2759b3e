import './small-heap.ts';
import { agentHelp, parseAgentArguments } from './config.ts';
import { errorText } from './log.ts';
import { runAgent } from './run-agent.ts';

const parsed = parseAgentArguments(process.argv.slice(2), process.env);
if (parsed.kind === 'help') {
  process.stdout.write(agentHelp());
} else if (parsed.kind === 'error') {
  process.stderr.write(`${parsed.message}\n`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  try {
    const end = await runAgent(parsed.config, stop.signal);
    if (end.cause === 'removed')
      process.stderr.write(`the cluster was removed from its fleet: ${end.reason}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}
