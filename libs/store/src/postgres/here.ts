/**
 * How a PostgreSQL program that is started in a folder is told that folder. Its account may not be able to enter the
 * folders above (root's home, a temporary folder of mode 0700), where root has put the data; Linux's link to the
 * process's own working directory leads there all the same, as the directory was entered before root was left.
 */
export function hereOr(databaseDir: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : databaseDir;
}

/** The folder of the socket, told in the same way: it is the database's own, unless its path would be too long. */
export function socketFrom(databaseDir: string, socketDir: string): string {
  return socketDir === databaseDir ? hereOr(databaseDir) : socketDir;
}
