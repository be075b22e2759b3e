import pino from 'pino';

export type Log = pino.Logger;

/** To stderr: one JSON object a line, or a short line for people where stderr is a terminal. */
export function createLog(level: string, isTerminal: boolean): Log {
  if (!isTerminal)
    return pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 2, sync: true }),
    );
  const line = (chunk: string): void => {
    const {
      time,
      msg,
      level: severity,
      ...rest
    } = JSON.parse(chunk) as { time: number; msg: string; level: number };
    const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
    const mark = severity >= 50 ? 'error ' : severity >= 40 ? 'warning ' : '';
    process.stderr.write(`${new Date(time).toISOString().slice(11, 19)} ${mark}${msg}${details}\n`);
  };
  return pino({ level, base: null }, { write: line });
}

/** What may be said of an error: its message, never its whole self, which may hold request bodies. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
