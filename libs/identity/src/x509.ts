/**
 * @peculiar/x509, loaded when first needed: its dependency injection wants the reflection polyfill to be there
 * before it, and those who never issue a certificate (agents) shouldn't pay its 17 MB.
 */
export async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
