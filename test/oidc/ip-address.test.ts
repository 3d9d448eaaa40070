import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { classifyAddress, type AddressClass } from '../../pkg/oidc/ip-address.ts'

/** First and last address of each block that is refused, and its neighbours that are not. */
const EDGES: Readonly<Record<string, string>> = {
  '0.0.0.0 0.255.255.255': '1.0.0.0',
  '10.0.0.0 10.255.255.255': '9.255.255.255 11.0.0.0',
  '100.64.0.0 100.127.255.255': '100.63.255.255 100.128.0.0',
  '127.0.0.0 127.255.255.255': '126.255.255.255 128.0.0.0',
  '169.254.0.0 169.254.255.255': '169.253.255.255 169.255.0.0',
  '172.16.0.0 172.31.255.255': '172.15.255.255 172.32.0.0',
  '192.0.0.0 192.0.0.255': '191.255.255.255 192.0.1.0',
  '192.0.2.0 192.0.2.255': '192.0.1.255 192.0.3.0',
  '192.31.196.0 192.31.196.255': '192.31.195.255 192.31.197.0',
  '192.52.193.0 192.52.193.255': '192.52.192.255 192.52.194.0',
  '192.88.99.0 192.88.99.255': '192.88.98.255 192.88.100.0',
  '192.168.0.0 192.168.255.255': '192.167.255.255 192.169.0.0',
  '192.175.48.0 192.175.48.255': '192.175.47.255 192.175.49.0',
  '198.18.0.0 198.19.255.255': '198.17.255.255 198.20.0.0',
  '198.51.100.0 198.51.100.255': '198.51.99.255 198.51.101.0',
  '203.0.113.0 203.0.113.255': '203.0.112.255 203.0.114.0',
  '224.0.0.0 255.255.255.255': '223.255.255.255',
  '168.63.129.16 168.63.129.16': '168.63.129.15 168.63.129.17',
  ':: 1fff:ffff::': '2000::1',
  '4000:: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff': '3ffe:ffff::1',
  '2001:: 2001:1ff:ffff::': '2000:ffff:: 2001:200::',
  '2001:db8:: 2001:db8:ffff::': '2001:db7:ffff:: 2001:db9::',
  '2002:: 2002:808:808::1': '2003::',
  '3fff:: 3fff:fff:ffff::': '3ffe:ffff:: 3fff:1000::',
  '2620:4f:8000:: 2620:4f:8000:ffff::': '2620:4f:7fff:: 2620:4f:8001::',
}

describe('S2: classifyAddress', () => {
  for (const [refused, allowed] of Object.entries(EDGES)) {
    test(`refuses ${refused.replace(' ', ' to ')} and nothing beside it`, () => {
      for (const address of refused.split(' ')) assert.notEqual(classifyAddress(address), 'global', address)
      for (const address of allowed.split(' ')) assert.equal(classifyAddress(address), 'global', address)
    })
  }

  const embeddings = [
    (v4: string) => `::${v4}`,
    (v4: string) => `::ffff:${v4}`,
    (v4: string) => `::ffff:0:${v4}`,
    (v4: string) => `64:ff9b::${v4}`,
    (v4: string) => `64:ff9b:1::${v4}`,
  ]

  test('judges an IPv6 address with an IPv4 address inside by that', () => {
    const inner: Readonly<Record<string, AddressClass>> = {
      '8.8.8.8': 'global',
      '10.0.0.1': 'private',
      '127.0.0.1': 'loopback',
      '169.254.169.254': 'forbidden',
      '168.63.129.16': 'forbidden',
    }
    for (const [address, expected] of Object.entries(inner)) {
      for (const embed of embeddings) assert.equal(classifyAddress(embed(address)), expected, embed(address))
    }
  })

  test('reads the same address in any of its spellings', () => {
    for (const spelling of [
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:7f00:0001',
      '::FFFF:127.0.0.1',
      '0000::ffff:7f00:1',
    ]) {
      assert.equal(classifyAddress(spelling), 'loopback', spelling)
    }
    for (const spelling of ['64:ff9b::a9fe:a9fe', '64:FF9B:0:0:0:0:a9fe:a9fe', '64:ff9b::169.254.169.254']) {
      assert.equal(classifyAddress(spelling), 'forbidden', spelling)
    }
    assert.equal(classifyAddress('2606:4700:4700:0:0:0:0:1111'), classifyAddress('2606:4700:4700::1111'))
  })

  test('refuses local NAT64 addresses of a layout that hides where their IPv4 address is', () => {
    assert.equal(classifyAddress('64:ff9b:1:a9fe:a9:fe00::'), 'forbidden')
    assert.equal(classifyAddress('64:ff9b:1:1::808:808'), 'forbidden')
  })

  test('S15: metadata services are forbidden, not private', () => {
    for (const address of [
      '169.254.169.254',
      '169.254.170.2',
      '168.63.129.16',
      '100.100.100.200',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd00:ec2::23',
      'fd20:ce::254',
      'fe80::a9fe:a9fe',
      '::ffff:a9fe:a9fe',
      '::ffff:0:a9fe:a9fe',
    ]) {
      assert.equal(classifyAddress(address), 'forbidden', address)
    }
  })

  test('tells private and loopback addresses apart', () => {
    for (const address of ['10.1.2.3', '172.20.0.1', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fdab::1']) {
      assert.equal(classifyAddress(address), 'private', address)
    }
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
      assert.equal(classifyAddress(address), 'loopback', address)
    }
  })

  test('forbids what is no address', () => {
    for (const text of [
      '',
      'localhost',
      '127.1',
      '0x7f000001',
      '2130706433',
      '8.8.8',
      '8.8.8.8.8',
      '08.8.8.8',
      'fe80::1%eth0',
      '2606::1%1',
      '[::1]',
      '::ffff:8.8.8.8/96',
      ':::',
    ]) {
      assert.equal(classifyAddress(text), 'forbidden', text)
    }
  })

  test('agrees with the operating system about where IPv4 blocks begin and end', () => {
    const refused = new BlockList()
    const blocks: readonly (readonly [string, number])[] = [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.0.0.0', 24],
      ['192.0.2.0', 24],
      ['192.31.196.0', 24],
      ['192.52.193.0', 24],
      ['192.88.99.0', 24],
      ['192.168.0.0', 16],
      ['192.175.48.0', 24],
      ['198.18.0.0', 15],
      ['198.51.100.0', 24],
      ['203.0.113.0', 24],
      ['224.0.0.0', 4],
      ['240.0.0.0', 4],
      ['168.63.129.16', 32],
    ]
    for (const [net, prefix] of blocks) refused.addSubnet(net, prefix)
    const nearABlock = fc.tuple(fc.constantFrom(...blocks), fc.nat(0xffff)).map(([[net], offset]) => {
      const bytes = net.split('.').map(Number)
      const [a = 0, b = 0, c = 0, d = 0] = bytes
      return [a, b, c ^ (offset >> 8), d ^ (offset & 255)].join('.')
    })
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), nearABlock), (address) => {
        assert.equal(classifyAddress(address) !== 'global', refused.check(address), address)
        for (const embed of embeddings)
          assert.equal(
            classifyAddress(embed(address)),
            embed(address) === '::0.0.0.1' ? 'loopback' : classifyAddress(address),
          )
      }),
      { numRuns: 3_000 },
    )
  })

  test('agrees with the operating system about IPv6', () => {
    const global = new BlockList()
    global.addSubnet('2000::', 3, 'ipv6')
    const reserved = new BlockList()
    for (const [net, prefix] of [
      ['2001::', 23],
      ['2001:db8::', 32],
      ['2002::', 16],
      ['3fff::', 20],
      ['2620:4f:8000::', 48],
    ] as const) {
      reserved.addSubnet(net, prefix, 'ipv6')
    }
    const start = fc.constantFrom(
      '2001:',
      '2001:db8:',
      '2002:',
      '3fff:',
      '2620:4f:8000:',
      '2a00:',
      'fe80:',
      'fd00:',
      '4000:',
    )
    const address = fc
      .tuple(start, fc.nat(0xffff), fc.nat(0xffff))
      .map(([head, a, b]) => `${head}${a.toString(16)}::${b.toString(16)}`)
    fc.assert(
      fc.property(fc.oneof(address, fc.ipV6()), (text) => {
        const embedsIPv4 = /^(?:::|0|64:)/.test(text)
        fc.pre(!embedsIPv4)
        const expected = global.check(text, 'ipv6') && !reserved.check(text, 'ipv6')
        assert.equal(classifyAddress(text) === 'global', expected, text)
      }),
      { numRuns: 2_000 },
    )
  })
})
