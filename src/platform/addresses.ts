// Which network addresses belong to somebody's own network, or to nobody: what a stranger's URL must not make us ask (IANA's special-purpose
// registries, RFC 6890 and its updates).
import { BlockList, isIP } from 'node:net';

const special4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local; clouds answer with credentials there
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
] as const;

// Of IPv6 only 2000::/3 is given out; of that, what carries an IPv4 address or belongs to nobody is left out too. So are mapped, translated
// (64:ff9b::/96), unique local, link-local, site-local and multicast addresses, which lie outside.
const global6 = '2000::/3';
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits = ''] = subnet.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
};
const lists = { special4: listOf(special4, 'ipv4'), global6: listOf([global6], 'ipv6'), special6: listOf(special6, 'ipv6') };

/** True for an address of the public internet; false for everything else, also for what is no address at all. */
export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !lists.special4.check(address, 'ipv4');
    case 6:
      // A zone names an interface of this machine.
      return !address.includes('%') && lists.global6.check(address, 'ipv6') && !lists.special6.check(address, 'ipv6');
    default:
      return false;
  }
};
