/** As the workspace's packages say: all have one version. */
export const hubVersion = '0.1.0';
