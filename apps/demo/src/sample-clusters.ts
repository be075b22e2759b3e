/** The demo's fleet: small enough to read, large enough to target. */
export const sampleClusters: readonly SampleCluster[] = [
  { name: 'prod-eu', labels: { env: 'production', region: 'eu', tier: 'gold' } },
  { name: 'prod-us', labels: { env: 'production', region: 'us', tier: 'gold' } },
  { name: 'prod-ap', labels: { env: 'production', region: 'ap', tier: 'standard' } },
  { name: 'staging-eu', labels: { env: 'staging', region: 'eu', tier: 'standard' } },
  { name: 'dev-eu', labels: { env: 'development', region: 'eu', tier: 'standard' } },
];

export interface SampleCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}
