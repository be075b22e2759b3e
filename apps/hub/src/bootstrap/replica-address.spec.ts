import { describe, expect, it } from 'vitest';
import { replicaAddress } from './replica-address.ts';

const interfaces = {
  lo: [address('127.0.0.1', 'IPv4', true)],
  eth0: [address('fe80::1', 'IPv6'), address('fd00::7', 'IPv6'), address('10.1.2.3', 'IPv4')],
};

function address(text: string, family: 'IPv4' | 'IPv6', internal = false) {
  const rest = { netmask: '', mac: '', cidr: null, scopeid: 0 };
  return { address: text, family, internal, ...rest } as const;
}

describe('the address that other replicas are told', () => {
  it('is the one that the hub binds to', () => {
    expect(replicaAddress('http://127.0.0.1:8080', {})).toBe('http://127.0.0.1:8080');
  });

  it("is the machine's own where the hub binds to all", () => {
    expect(replicaAddress('http://0.0.0.0:8080', interfaces as never)).toBe('http://10.1.2.3:8080');
    const six = { eth0: [interfaces.eth0[1]!] };
    expect(replicaAddress('http://[::]:8080', six as never)).toBe('http://[fd00::7]:8080');
    expect(replicaAddress('http://[::]:8080', {})).toBe('http://127.0.0.1:8080');
  });
});
