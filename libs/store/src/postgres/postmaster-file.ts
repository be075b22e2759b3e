/** What PostgreSQL writes into `postmaster.pid`, as far as we read it. */
export interface PostmasterFile {
  readonly pid: number;
  /** Empty while it starts. */
  readonly socketDir: string;
}

/** Reads `postmaster.pid`; `undefined` when it holds no process id. Lines: pid, data, start, port, socket folder, … */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]?.trim()));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid, socketDir: lines[4]?.trim() ?? '' };
}
