import { isIPv4, isIPv6 } from 'node:net'

/**
 * What an address is, as far as it matters to whom a connection may be made:
 * - `global`: global unicast, what any issuer may have;
 * - `loopback`: this machine;
 * - `private`: of a network that its operator may have set aside for an issuer;
 * - `forbidden`: no issuer's in any configuration: metadata services and their link-local networks,
 *   multicast, unspecified, reserved.
 */
export type AddressClass = 'global' | 'private' | 'loopback' | 'forbidden'

/** An address block: the bytes of an address and how many leading bits count. */
interface Block {
  readonly bytes: readonly number[]
  readonly bits: number
}

/** IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, less the forbidden. */
const IPV4_PRIVATE = blocks(
  '10.0.0.0/8', // private use
  '100.64.0.0/10', // carrier-grade NAT
  '172.16.0.0/12', // private use
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private use
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
)
const IPV4_LOOPBACK = blocks('127.0.0.0/8')
const IPV4_FORBIDDEN = blocks(
  '0.0.0.0/8', // this network
  '100.100.100.200/32', // metadata of Alibaba Cloud
  '168.63.129.16/32', // Azure's wire server
  '169.254.0.0/16', // link-local: metadata of most clouds
  '192.0.0.192/32', // metadata of Oracle Cloud
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
)

/** IANA IPv6 address space: the only block that global unicast addresses are given out of. */
const IPV6_GLOBAL = blocks('2000::/3')
/** IANA IPv6 Special-Purpose Address Registry: what within it is not globally reachable. */
const IPV6_NOT_GLOBAL = blocks(
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
  '2620:4f:8000::/48', // AS112
)
const IPV6_UNIQUE_LOCAL = blocks('fc00::/7')
const IPV6_LOOPBACK = blocks('::1/128')
const IPV6_METADATA = blocks(
  'fd00:ec2::/32', // AWS
  'fd20:ce::/32', // Google Cloud
)
/** Blocks whose last 32 bits are an IPv4 address: what counts is the host behind it. */
const IPV4_INSIDE_IPV6 = blocks(
  '::/96', // IPv4-compatible (RFC 4291, section 2.5.5.1)
  '::ffff:0:0/96', // IPv4-mapped (RFC 4291, section 2.5.5.2)
  '::ffff:0:0:0/96', // IPv4-translated (RFC 2765, section 2.1)
  '64:ff9b::/96', // NAT64 (RFC 6052, section 2.1)
  '64:ff9b:1::/96', // local NAT64 (RFC 8215); other layouts of its /48 are forbidden like all else
)

/** The class of an IP address in text; `forbidden` for a text that is none. */
export function classifyAddress(address: string): AddressClass {
  if (isIPv4(address)) return classifyIPv4(bytesOfIPv4(address))
  // A zone id (`fe80::1%eth0`) makes an address that depends on this machine.
  if (!isIPv6(address) || address.includes('%')) return 'forbidden'
  const bytes = bytesOfIPv6(address)
  if (isIn(bytes, IPV6_LOOPBACK)) return 'loopback'
  if (isIn(bytes, IPV4_INSIDE_IPV6)) return classifyIPv4(bytes.slice(12))
  if (isIn(bytes, IPV6_GLOBAL)) return isIn(bytes, IPV6_NOT_GLOBAL) ? 'private' : 'global'
  return isIn(bytes, IPV6_UNIQUE_LOCAL) && !isIn(bytes, IPV6_METADATA) ? 'private' : 'forbidden'
}

function classifyIPv4(bytes: readonly number[]): AddressClass {
  if (isIn(bytes, IPV4_FORBIDDEN)) return 'forbidden'
  if (isIn(bytes, IPV4_LOOPBACK)) return 'loopback'
  return isIn(bytes, IPV4_PRIVATE) ? 'private' : 'global'
}

function isIn(bytes: readonly number[], candidates: readonly Block[]): boolean {
  return candidates.some((block) =>
    block.bytes.every((byte, index) => {
      const bits = Math.min(8, Math.max(0, block.bits - 8 * index))
      return ((byte ^ (bytes[index] ?? 0)) & (0xff << (8 - bits))) === 0
    }),
  )
}

function blocks(...notations: readonly string[]): readonly Block[] {
  return notations.map((notation) => {
    const [address = '', bits = ''] = notation.split('/')
    return { bytes: isIPv4(address) ? bytesOfIPv4(address) : bytesOfIPv6(address), bits: Number(bits) }
  })
}

function bytesOfIPv4(address: string): readonly number[] {
  return address.split('.').map(Number)
}

/** The 16 bytes of a valid IPv6 address (RFC 4291, section 2.2). */
function bytesOfIPv6(address: string): readonly number[] {
  const [head = '', tail] = address.split('::')
  const before = bytesOfGroups(head)
  if (tail === undefined) return before
  const after = bytesOfGroups(tail)
  return [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]
}

function bytesOfGroups(groups: string): readonly number[] {
  if (groups === '') return []
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return bytesOfIPv4(group)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
