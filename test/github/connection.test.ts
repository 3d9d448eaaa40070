import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { connect as connectSocket, type AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { generate } from 'selfsigned'
import {
  createConnectionPool,
  createGitHubApp,
  createGrant,
  type CallEvent,
  type ConnectionPoolOptions,
} from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import { startScriptedServer, type Answerer, type ScriptedServerOptions } from './support/scripted-server.ts'
import { because, patient } from './support/world.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const signer = createPemSigner(key.export({ type: 'pkcs8', format: 'pem' }).toString())

const json: Answerer = (_, response) => {
  response.setHeader('content-type', 'application/json').end('{}')
}

describe('a connection to GitHub', () => {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  interface ConnectOptions extends ScriptedServerOptions, ConnectionPoolOptions {
    readonly prefix?: string
  }

  async function connect(answer: Answerer, options: ConnectOptions = {}) {
    const server = await startScriptedServer(answer, options)
    closers.push(server.close)
    const events: CallEvent[] = []
    const dispatcher = createConnectionPool(options)
    closers.push(() => dispatcher.destroy())
    const app = createGitHubApp({
      appId: 'Iv1.client',
      signer,
      baseUrl: server.url + (options.prefix ?? ''),
      dispatcher,
      callTimeoutMs: 2000,
      pause: () => Promise.resolve(),
      onCall: (event) => events.push(event),
    })
    return { server, app, events }
  }

  it('is kept for later calls', async () => {
    const { server, app } = await connect(json)
    for (let call = 0; call < 5; call++) await app.checkKey(patient)
    assert.equal(server.connections(), 1)
  })

  for (const prefix of ['/api/v3', '/api/v3/']) {
    it(`puts the path of the base URL ${prefix} before every other`, async () => {
      const { server, app } = await connect(json, { prefix })
      await app.checkKey(patient)
      assert.equal(server.requests[0]?.url, '/api/v3/app')
    })
  }

  it('names the API version, the media type and itself', async () => {
    const { app } = await connect((request, response) => {
      assert.equal(request.headers['x-github-api-version'], '2022-11-28')
      assert.equal(request.headers.accept, 'application/vnd.github+json')
      assert.equal(request.headers['user-agent'], 'github-sts')
      assert.match(request.headers.authorization ?? '', /^Bearer eyJ/)
      assert.equal(request.headers['accept-encoding'], undefined)
      response.end('{}')
    })
    await app.checkKey(patient)
  })

  it('is one of at most 100: more calls wait', async () => {
    let open = 0
    let most = 0
    const { server, app } = await connect((_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        response.end('{}')
      }, 20)
    })
    const calls = Array.from({ length: 150 }, () => app.checkKey({ signal: new AbortController().signal }))
    await Promise.all(calls)
    assert.equal(server.requests.length, 150)
    assert.ok(most <= 100, `${most} at once`)
  })

  it('follows no redirect', async () => {
    const { server, app } = await connect((request, response) => {
      if (request.url !== '/app') response.end('{}')
      else response.writeHead(307, { location: '/elsewhere' }).end()
    })
    await assert.rejects(app.checkKey(patient), because('github_refused'))
    assert.equal(server.requests.length, 1)
  })

  for (const [form, answer] of [
    ['with its length', (_, response) => response.end(Buffer.alloc(2 * 1024 * 1024 + 1))],
    [
      'without end',
      (_, response) => {
        response.on('error', () => undefined)
        const more = (): void => {
          if (!response.destroyed)
            response.write(Buffer.alloc(65_536), (error) => error ?? setImmediate(more))
        }
        more()
      },
    ],
  ] as const satisfies readonly (readonly [string, Answerer])[]) {
    it(`reads no more than 2 MiB of an answer ${form}`, async () => {
      const { app } = await connect(answer)
      await assert.rejects(app.checkKey(patient), because('github_answer_malformed'))
    })
  }

  it('reads the answer to a mint for 500 repositories', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `r${index}`)
    const { app } = await connect((request, response) => {
      if (request.method === 'GET') {
        response.end(
          JSON.stringify({
            id: 1,
            account: { login: 'acme', id: 2, type: 'Organization' },
            permissions: { issues: 'read' },
            repository_selection: 'all',
            suspended_at: null,
          }),
        )
        return
      }
      response.writeHead(201).end(
        JSON.stringify({
          token: 'ghs_1',
          expires_at: new Date(Date.now() + 3_600_000).toISOString(),
          permissions: { issues: 'read' },
          repository_selection: 'selected',
          repositories: names.map((name) => ({ full_name: `acme/${name}`, description: 'x'.repeat(7000) })),
        }),
      )
    })
    const target = { owner: 'acme', repository: 'r0' }
    const installation = await app.findInstallation(target, patient)
    const grant = createGrant({ issues: 'read' }, names)
    assert.equal((await app.mintToken({ grant, installation, target }, patient)).token, 'ghs_1')
  })

  it('that cannot be made is tried again, even for a mint: nothing was sent', async () => {
    const { server, app, events } = await connect((_, response) => {
      response.end(
        JSON.stringify({
          id: 1,
          account: { login: 'acme', id: 2, type: 'Organization' },
          permissions: {},
          repository_selection: 'all',
        }),
      )
    })
    const target = { owner: 'acme', repository: 'r' }
    const installation = await app.findInstallation(target, patient)
    await server.close()
    const grant = createGrant({ issues: 'read' }, ['r'])
    await assert.rejects(app.mintToken({ grant, installation, target }, patient), because('github_network'))
    assert.deepEqual(
      events.map(({ operation, status, failure }) => ({ operation, status, failure })),
      [
        { operation: 'find_installation', status: 200, failure: undefined },
        ...Array.from({ length: 3 }, () => ({
          operation: 'mint_token',
          status: undefined,
          failure: 'github_network',
        })),
      ],
    )
  })

  it('gives the quota of an installation apart from that of the App', async () => {
    const { app, events } = await connect((_, response) => {
      response.setHeader('x-ratelimit-limit', '5000')
      response.setHeader('x-ratelimit-remaining', '4999')
      response.setHeader('x-ratelimit-reset', '1785589800').end('{}')
    })
    await app.checkKey(patient)
    assert.deepEqual(events[0]?.quota, { limit: 5000, remaining: 4999, resetAt: 1_785_589_800_000 })
    assert.equal(events[0].installationId, undefined)
    assert.equal(events[0].appId, 'Iv1.client')
  })

  async function makeCertificate(): Promise<{ readonly key: string; readonly cert: string }> {
    const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    return { key: privateKey, cert }
  }

  it('verifies certificates, against a private CA when told so', async () => {
    const tls = await makeCertificate()
    const trusting = await connect(json, { tls, ca: tls.cert })
    await trusting.app.checkKey(patient)
    const strange = await connect(json, { tls })
    await assert.rejects(strange.app.checkKey(patient), because('github_network'))
    assert.equal(strange.server.requests.length, 0)
  })

  it('verifies certificates whatever the environment says', async (t) => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    t.after(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    })
    const { server, app } = await connect(json, { tls: await makeCertificate() })
    await assert.rejects(app.checkKey(patient), because('github_network'))
    assert.equal(server.requests.length, 0)
  })

  it('goes through the proxy, except to the hosts that are named', async () => {
    const tunnels: (string | undefined)[] = []
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url)
      const [host = '', port] = (request.url ?? '').split(':')
      const upstream = connectSocket(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      upstream.on('error', () => socket.destroy())
      socket.on('error', () => upstream.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    closers.push(
      () =>
        new Promise((resolve) =>
          proxy.close(() => {
            resolve()
          }),
        ),
    )
    const url = `http://127.0.0.1:${port}`

    const tls = await makeCertificate()
    const through = await connect(json, { tls, ca: tls.cert, proxy: { url, noProxy: undefined } })
    await through.app.checkKey(patient)
    assert.deepEqual(tunnels, [new URL(through.server.url).host])
    const past = await connect(json, { tls, ca: tls.cert, proxy: { url, noProxy: 'example.com,127.0.0.1' } })
    await past.app.checkKey(patient)
    const plain = await connect(json, { proxy: { url, noProxy: undefined } })
    await plain.app.checkKey(patient)
    assert.equal(tunnels.length, 1)
    const distrusting = await connect(json, { tls, proxy: { url, noProxy: undefined } })
    await assert.rejects(distrusting.app.checkKey(patient), because('github_network'))
  })
})
