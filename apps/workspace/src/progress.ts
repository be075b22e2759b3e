/** Tells on stderr what goes on, with the time that it took; stdout stays for results. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  process.stderr.write(`• ${title}\n`);
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  if (seconds >= 1) process.stderr.write(`  ${title}: ${seconds.toFixed(1)} s\n`);
  return result;
}
