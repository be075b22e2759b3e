/** `hub.example.com:8444` or `[::1]:8444`: both parts, because nobody's port can be guessed. */
export function isHostPort(text: string): boolean {
  const [, port] = /^(?:\[[\da-f:]+\]|[^:/[\]\s]+):(\d{1,5})$/i.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}
