import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly data: string | undefined;
  readonly fresh: boolean;
  readonly httpPort: number;
  readonly sessionPort: number;
  readonly enrolmentPort: number;
}

export const usage = `npm start [-- OPTIONS]

Runs a hub on an embedded PostgreSQL, a Git repo with a sample fleet, and five agents on five simulated clusters.

  --data FOLDER           where it keeps its state (default: your data folder, muster-demo)
  --fresh                 forget the state of an earlier run
  --http-port N           the hub's HTTP API (default 8080)
  --session-port N        the agents' sessions (default 8443)
  --enrolment-port N      the agents' enrolment (default 8444)
  --help
`;

/** Throws a `TypeError` with a sentence for the user when an option is unknown or not a port. */
export function readArguments(args: readonly string[]): DemoArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'http-port': { type: 'string', default: '8080' },
      'session-port': { type: 'string', default: '8443' },
      'enrolment-port': { type: 'string', default: '8444' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    data: values.data,
    fresh: values.fresh,
    httpPort: port('http-port', values['http-port']),
    sessionPort: port('session-port', values['session-port']),
    enrolmentPort: port('enrolment-port', values['enrolment-port']),
  };
}

function port(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new TypeError(`--${option} wants a port from 1 to 65535, not "${value}"`);
  }
  return number;
}
