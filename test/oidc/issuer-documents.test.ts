import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import {
  DISCOVERY_PATH,
  json,
  KEYS_PATH,
  startIssuerServer,
  status,
  type Answer,
} from './support/issuer-server.ts'
import { createWorld, ISSUER, PUBLIC_ADDRESS, publish, rejectsWith } from './support/world.ts'

const LIMIT = 100 * 1024

/** Answers these bytes as they are, with these headers. */
function bytes(body: Buffer, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(200, headers).end(body)
  }
}

/** Brotli at its quickest: what is tested is the way back. */
function compressFast(body: Buffer): Buffer {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
}

/** JSON of exactly `length` bytes with these members. */
function padded(members: object, length: number): Buffer {
  const base = JSON.stringify({ ...members, pad: '' })
  return Buffer.from(base.replace('"pad":""', `"pad":"${'x'.repeat(length - base.length)}"`))
}

describe('S7: redirects', () => {
  test('are followed three times, for document and key set each', async (t) => {
    const world = await createWorld(t)
    const hop = (location: string): Answer => status(302, { location })
    world.server.on(DISCOVERY_PATH, hop('/1'))
    world.server.on('/1', hop('https://issuer.test/2'))
    world.server.on('/2', hop('3'))
    world.server.on(
      '/3',
      json({ issuer: ISSUER, jwks_uri: `${ISSUER}/k0`, id_token_signing_alg_values_supported: ['ES256'] }),
    )
    world.server.on('/k0', status(301, { location: '/k1' }))
    world.server.on('/k1', status(307, { location: '/k2' }))
    world.server.on('/k2', status(308, { location: KEYS_PATH }))
    await world.verify()
  })

  test('are refused the fourth time', async (t) => {
    const world = await createWorld(t)
    for (const n of [0, 1, 2, 3])
      world.server.on(n === 0 ? DISCOVERY_PATH : `/${n}`, status(302, { location: `/${n + 1}` }))
    world.server.on('/4', json({ issuer: ISSUER, jwks_uri: `${ISSUER}${KEYS_PATH}` }))
    await rejectsWith(world.verify(), 'issuer_redirect_refused')
    assert.equal(world.server.count(), 4)
  })

  test('in a circle end', async (t) => {
    const world = await createWorld(t)
    world.server.on(DISCOVERY_PATH, status(302, { location: DISCOVERY_PATH }))
    await rejectsWith(world.verify(), 'issuer_redirect_refused')
    assert.equal(world.server.count(), 4)
  })

  test('to anything but https are refused', async (t) => {
    const world = await createWorld(t)
    const locations = [
      'http://issuer.test/x',
      'file:///etc/passwd',
      'data:application/json,{}',
      'ftp://issuer.test',
      'https://u:p@issuer.test/x',
      'https://',
      '',
      'gopher://x',
    ]
    for (const location of locations) {
      world.server.on(DISCOVERY_PATH, status(302, { location }))
      await rejectsWith(world.verify(), 'issuer_redirect_refused')
      world.advance(10_000)
    }
    world.server.on(DISCOVERY_PATH, status(302))
    await rejectsWith(world.verify(), 'issuer_redirect_refused')
    assert.equal(world.network.dialled.length, world.server.connections())
  })

  test('to private addresses are refused', async (t) => {
    const world = await createWorld(t)
    for (const location of [
      'https://127.0.0.1/x',
      'https://0x7f.1/x',
      '//169.254.169.254/latest',
      'https://[::1]/x',
      'https://localhost/x',
    ]) {
      world.server.on(DISCOVERY_PATH, status(302, { location }))
      await rejectsWith(world.verify(), 'issuer_address_refused')
      world.advance(10_000)
    }
    assert.deepEqual(new Set(world.network.dialled), new Set([PUBLIC_ADDRESS]))
  })

  test('carry no credentials, no cookies and nothing of the token', async (t) => {
    const world = await createWorld(t)
    const other = await startIssuerServer(t)
    world.network.name('other.test', '9.9.9.9')
    world.network.serve('9.9.9.9', other.port)
    world.server.on(DISCOVERY_PATH, status(302, { location: 'https://other.test/doc', 'set-cookie': 'a=b' }))
    other.on(
      '/doc',
      json(
        {
          issuer: ISSUER,
          jwks_uri: `${ISSUER}${KEYS_PATH}`,
          id_token_signing_alg_values_supported: ['ES256'],
        },
        { 'set-cookie': 'c=d' },
      ),
    )
    await world.verify()
    for (const { headers, method } of [...world.server.requests, ...other.requests]) {
      assert.equal(method, 'GET')
      assert.deepEqual(Object.keys(headers).sort(), [
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ])
    }
  })
})

describe('S8: the issuer of the document', () => {
  test('equals that of the token byte for byte', async (t) => {
    const world = await createWorld(t)
    for (const issuer of [
      `${ISSUER}/`,
      'https://ISSUER.test',
      'https://issuer.test:443',
      'http://issuer.test',
      `${ISSUER} `,
      '',
      null,
      undefined,
      [ISSUER],
      { toString: ISSUER },
    ]) {
      world.server.on(DISCOVERY_PATH, json({ issuer, jwks_uri: `${ISSUER}${KEYS_PATH}` }))
      await rejectsWith(world.verify(), 'issuer_document_mismatch')
      world.advance(10_000)
    }
    assert.equal(world.server.count(KEYS_PATH), 0)
  })

  test('may end with a slash, which is cut only to ask', async (t) => {
    const world = await createWorld(t)
    publish(world.server, [world.key], { issuer: `${ISSUER}/`, jwksUri: `${ISSUER}${KEYS_PATH}` })
    assert.equal((await world.verify({ iss: `${ISSUER}/` })).issuer, `${ISSUER}/`)
    await rejectsWith(world.verify(), 'issuer_document_mismatch')
  })

  test('may have a path', async (t) => {
    const world = await createWorld(t)
    const issuer = `${ISSUER}/tenant/a`
    world.server.on(
      `/tenant/a${DISCOVERY_PATH}`,
      json({ issuer, jwks_uri: `${ISSUER}${KEYS_PATH}`, id_token_signing_alg_values_supported: ['ES256'] }),
    )
    await world.verify({ iss: issuer })
  })
})

describe('S9: sizes and encodings', () => {
  const members = (): object => ({
    issuer: ISSUER,
    jwks_uri: `${ISSUER}${KEYS_PATH}`,
    id_token_signing_alg_values_supported: ['ES256'],
  })
  const encoders: Readonly<Record<string, (body: Buffer) => Buffer>> = {
    gzip: gzipSync,
    'x-gzip': gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    identity: (body) => body,
  }

  for (const [encoding, encode] of Object.entries(encoders)) {
    test(`${encoding}: a document of 100 KiB is read, one byte more is not`, async (t) => {
      const world = await createWorld(t)
      world.server.on(
        DISCOVERY_PATH,
        bytes(encode(padded(members(), LIMIT)), { 'content-encoding': encoding }),
      )
      await world.verify()
      world.advance(25 * 60 * 60_000)
      world.server.on(
        DISCOVERY_PATH,
        bytes(encode(padded(members(), LIMIT + 1)), { 'content-encoding': encoding }),
      )
      const error = await rejectsWith(world.verify(), 'issuer_document_too_large')
      assert.equal(error.code, 'ISSUER_REJECTED')
    })
  }

  for (const [encoding, encode] of [
    ['gzip', gzipSync],
    ['br', compressFast],
    ['deflate', deflateSync],
  ] as const) {
    test(`${encoding}: a bomb is stopped at the limit`, async (t) => {
      const world = await createWorld(t)
      const bomb = encode(Buffer.alloc(100 * 1024 * 1024))
      world.server.on(
        DISCOVERY_PATH,
        bytes(encoding === 'br' ? bomb : bomb.subarray(0, 90 * 1024), { 'content-encoding': encoding }),
      )
      const before = process.memoryUsage()
      const error = await rejectsWith(world.verify(), 'issuer_document_too_large')
      const after = process.memoryUsage()
      assert.equal(error.code, 'ISSUER_REJECTED')
      assert.ok(after.arrayBuffers - before.arrayBuffers < 20 * 1024 * 1024)
    })
  }

  test('a body without end is cut at the limit, chunked or not', async (t) => {
    const world = await createWorld(t)
    for (const headers of [{}, { 'content-length': String(2 ** 31) }]) {
      let sent = 0
      world.server.on(DISCOVERY_PATH, (response) => {
        response.writeHead(200, headers)
        const chunk = Buffer.alloc(16 * 1024, 'x')
        const pour = (): void => {
          while (!response.destroyed && response.write(chunk)) sent += chunk.length
        }
        response.on('drain', pour)
        pour()
      })
      await rejectsWith(world.verify(), 'issuer_document_too_large')
      // What is already in the buffers of two sockets cannot be taken back.
      assert.ok(sent < 16 * 1024 * 1024, String(sent))
      world.advance(10_000)
    }
  })

  test('a body shorter than its Content-Length is a failure of the network', async (t) => {
    const world = await createWorld(t)
    world.server.on(DISCOVERY_PATH, (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"issuer":', () => response.destroy())
    })
    await rejectsWith(world.verify(), 'issuer_network')
  })

  const malformed: Readonly<Record<string, Answer>> = {
    nothing: bytes(Buffer.alloc(0)),
    HTML: bytes(Buffer.from('<html>')),
    'a list': json([]),
    null: json(null),
    'JSON that is cut': bytes(Buffer.from('{"issuer":"https://issuer.test"')),
    'a byte order mark': bytes(Buffer.from(`\ufeff${JSON.stringify({ issuer: ISSUER })}`)),
    'invalid UTF-8': bytes(Buffer.from([0x22, 0xff, 0x22])),
    'deep nesting': bytes(Buffer.from('['.repeat(100_000))),
    'cut gzip': bytes(gzipSync('{}').subarray(0, 12), { 'content-encoding': 'gzip' }),
    'something else than the gzip it says': bytes(Buffer.from('{}'), { 'content-encoding': 'gzip' }),
    'an unknown encoding': bytes(Buffer.from('{}'), { 'content-encoding': 'zstd' }),
    'an encoding on top of another': bytes(gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' }),
  }
  for (const [what, answer] of Object.entries(malformed)) {
    test(`a document of ${what} is refused`, async (t) => {
      const world = await createWorld(t)
      world.server.on(DISCOVERY_PATH, answer)
      await rejectsWith(world.verify(), 'issuer_document_malformed')
      assert.equal(world.server.count(), 1)
    })
  }

  test('headers without end are refused', async (t) => {
    const world = await createWorld(t)
    world.server.on(DISCOVERY_PATH, status(200, { 'x-long': 'x'.repeat(64 * 1024) }))
    await rejectsWith(world.verify(), 'issuer_network')
  })
})

describe('S11: what is asked again', () => {
  for (const code of [429, 500, 502, 503, 504, 599]) {
    test(`${code}, twice more`, async (t) => {
      const world = await createWorld(t)
      world.server.on(DISCOVERY_PATH, status(code))
      const error = await rejectsWith(world.verify(), 'issuer_unavailable')
      assert.equal(error.code, 'ISSUER_UNREACHABLE')
      assert.equal(world.server.count(), 3)
    })
  }

  for (const code of [204, 206, 300, 304, 400, 401, 403, 404, 405, 406, 410, 415, 422, 501]) {
    test(`not ${code}`, async (t) => {
      const world = await createWorld(t)
      world.server.on(DISCOVERY_PATH, status(code))
      const error = await rejectsWith(world.verify(), 'issuer_status')
      assert.equal(error.code, 'ISSUER_REJECTED')
      assert.equal(world.server.count(), 1)
    })
  }

  test('a connection that breaks, and the third answer counts', async (t) => {
    const world = await createWorld(t)
    const keys = json({ keys: [world.key.jwk] })
    let asked = 0
    world.server.on(KEYS_PATH, (response, request) => {
      if (++asked < 3) response.destroy()
      else keys(response, request)
    })
    await world.verify()
    assert.equal(world.server.count(DISCOVERY_PATH), 1)
    assert.equal(world.server.count(KEYS_PATH), 3)
  })

  test('a host where nothing listens, twice more', async (t) => {
    const world = await createWorld(t)
    world.network.name('issuer.test', '1.1.1.1')
    const error = await rejectsWith(world.verify(), 'issuer_network')
    assert.equal(error.detail['code'], 'ECONNREFUSED')
    assert.equal(world.network.dialled.length, 3)
  })
})
