import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { actionsClaims } from '../../emulator/index.ts'
import { startProgram } from '../e2e/support/service-process.ts'
import { FLAVOR, startMetadataStandIn } from '../google/support/metadata-stand-in.ts'
import { DOMAIN, POLICY_PATH, SCOPE, startProberWorld, type ProberWorld } from './support/prober-world.ts'

const PROBER = 'cmd/prober/main.ts'
const NEGATIVE_PROBER = 'cmd/negative-prober/main.ts'

function environmentOf({ world, url, tokenUrl }: ProberWorld, ref: string): Record<string, string> {
  return {
    STS_DOMAIN: DOMAIN,
    STS_URL: url,
    PROBER_SCOPE: SCOPE,
    PROBER_IDENTITY: 'prober',
    PROBER_TOKEN_URL: tokenUrl(ref),
    GITHUB_BASE_URL: world.github.baseUrl,
    METRICS: 'false',
  }
}

function without(name: string, environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([variable]) => variable !== name))
}

/** The lines of standard output, without the facts in parentheses at their end. */
function linesOf(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .map((line) => line.split(' ').slice(0, 2).join(' '))
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'prober-'))
  t.after(() => {
    rmSync(path, { recursive: true })
  })
  return path
}

/** Ends TLS in front of the service, for both of its protocols. Resolves with its port. */
async function startTlsFront(t: TestContext, tls: { key: string; cert: string }, target: () => number) {
  const sockets = new Set<TLSSocket>()
  const server = createTlsServer({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    sockets.add(socket)
    const to = connect(target(), '127.0.0.1')
    socket.on('error', () => to.destroy()).pipe(to)
    to.on('error', () => socket.destroy()).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

describe('--once', () => {
  test('the prober passes, writes a line for each step, and leaves no token', async (t) => {
    const world = await startProberWorld(t)
    const program = startProgram(t, PROBER, environmentOf(world, 'main'), ['--once'])
    assert.deepEqual(await program.exit, { code: 0, signal: null }, program.output())
    assert.deepEqual(linesOf(program.output()), [
      'passed token',
      'passed exchange_grpc',
      'passed exchange_json',
      'passed read_policy',
      'passed list_issues',
      'passed create_issue_refused',
      'passed wrong_audience_refused_grpc',
      'passed wrong_audience_refused_json',
      'passed unknown_identity_refused_grpc',
      'passed unknown_identity_refused_json',
      'passed revoke',
    ])
    assert.match(
      program.output(),
      /^passed exchange_grpc granted contents=read \S+ \S+ \(request [\da-f-]{36}, trace [\da-f]{32}, \d+ ms\)$/m,
    )
    assert.doesNotMatch(program.output(), /gh[a-z]_|eyJ/)
    assert.equal(await world.stopAndCount(), 0)
  })

  test('the negative prober passes, and fails loudly where a policy is too wide', async (t) => {
    const world = await startProberWorld(t, { STS_POLICY_FRESHNESS: '1s' })
    const { github, issuer } = world.world
    const environment = environmentOf(world, 'other')
    const first = startProgram(t, NEGATIVE_PROBER, environment, ['--once'])
    assert.equal((await first.exit).code, 0, first.output())
    const open = [
      `issuer: ${issuer.issuer}`,
      'subject_pattern: repo:acme@4242/prober@510004:.*',
      'permissions: { contents: read }',
    ]
    github.writeFile(SCOPE, POLICY_PATH, `${open.join('\n')}\n`)
    world.service.drop({ kind: 'repository', owner: 'acme', repository: 'prober' })
    const second = startProgram(t, NEGATIVE_PROBER, environment, ['--once'])
    assert.equal((await second.exit).code, 1)
    assert.match(second.output(), /^failed other_identity_grpc INCIDENT: a token was issued; revoked/m)
    assert.match(second.output(), /"severity":"ERROR"[^\n]*"message":"INCIDENT/)
    assert.equal(await world.stopAndCount(), 0)
  })

  test('reaches the service by its domain, over TLS whose authority is in a file', async (t) => {
    const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const caFile = join(folder(t), 'ca.pem')
    writeFileSync(caFile, pem.cert)
    let target = 0
    const port = await startTlsFront(t, { key: pem.private, cert: pem.cert }, () => target)
    const domain = `localhost:${port}`
    const world = await startProberWorld(t, { STS_DOMAIN: domain })
    target = Number(new URL(world.url).port)
    const environment = { ...without('STS_URL', environmentOf(world, 'main')), STS_DOMAIN: domain }
    for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      const program = startProgram(t, PROBER, { ...environment, [variable]: caFile }, ['--once'])
      assert.equal((await program.exit).code, 0, `${variable}: ${program.output()}`)
    }
    const distrusting = startProgram(t, PROBER, environment, ['--once'])
    assert.equal((await distrusting.exit).code, 1)
    assert.match(distrusting.output(), /^unknown exchange_grpc /m)
    assert.match(distrusting.output(), /^unknown exchange_json unreachable: /m)
  })

  test('has its token from the metadata server where nothing else is said', async (t) => {
    const world = await startProberWorld(t)
    const metadata = await startMetadataStandIn(t)
    metadata.answerAlways((response, url) => {
      const audience = url.searchParams.get('audience')
      if (audience === null) {
        response.writeHead(200, FLAVOR).end()
        return
      }
      const job = { owner: 'acme', repo: 'prober', ownerId: 4242, repositoryId: 510004, audience }
      void world.world.issuer
        .sign({ ...actionsClaims(job) })
        .then((token) => response.writeHead(200, FLAVOR).end(token))
    })
    const environment = without('PROBER_TOKEN_URL', environmentOf(world, 'main'))
    const program = startProgram(t, PROBER, { ...environment, GCE_METADATA_HOST: metadata.host }, ['--once'])
    assert.equal((await program.exit).code, 0, program.output())
  })

  test('a signal ends it early with 1, its tokens revoked', async (t) => {
    const world = await startProberWorld(t)
    const { github } = world.world
    github.fault({ kind: 'timeout', match: 'issues/list-for-repo' })
    const program = startProgram(t, PROBER, environmentOf(world, 'main'), ['--once'])
    while (!github.calls.some(({ operation }) => operation === 'issues/list-for-repo')) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    program.child.kill('SIGTERM')
    assert.deepEqual(await program.exit, { code: 1, signal: null }, program.output())
    assert.match(program.output(), /^passed revoke /m)
    assert.equal(await world.stopAndCount(), 0)
  })
})

describe('running on', () => {
  test('answers uptime checks, gives metrics, and drains at SIGTERM without a token left', async (t) => {
    const world = await startProberWorld(t)
    const program = startProgram(t, PROBER, {
      ...environmentOf(world, 'main'),
      PORT: '0',
      STS_HOST: '127.0.0.1',
      AUTHORIZATION: 'a secret of the check',
      METRICS: 'true',
      METRICS_PORT: '0',
    })
    const [, port = ''] = await program.saw(/"port":(\d+)[^\n]*the prober is listening/)
    const ask = (path: string, authorization?: string): Promise<Response> =>
      fetch(
        `http://127.0.0.1:${port}${path}`,
        authorization === undefined ? {} : { headers: { authorization } },
      )
    assert.equal((await ask('/')).status, 401)
    assert.equal((await ask('/healthz')).status, 200)
    const answer = await ask('/', 'a secret of the check')
    assert.equal(answer.status, 200)
    const result = (await answer.json()) as { readonly outcome: string }
    assert.equal(result.outcome, 'passed')
    const metrics = await (await ask('/metrics', 'a secret of the check')).text()
    assert.match(metrics, /sts_prober_run_count_total\{[^}]*step="revoke"[^}]*\}/)
    program.child.kill('SIGTERM')
    assert.deepEqual(await program.exit, { code: 0, signal: null }, program.output())
    assert.doesNotMatch(program.output(), /a secret of the check|gh[a-z]_|eyJ/)
    assert.equal(await world.stopAndCount(), 0)
  })
})

describe('configuration', () => {
  test('without a source of tokens is 2, and names what could be one', async (t) => {
    const world = await startProberWorld(t)
    const environment = without('PROBER_TOKEN_URL', environmentOf(world, 'main'))
    const program = startProgram(t, PROBER, { ...environment, GCE_METADATA_HOST: '127.0.0.1:1' }, ['--once'])
    assert.equal((await program.exit).code, 2)
    for (const name of ['PROBER_TOKEN_FILE', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'PROBER_TOKEN_URL']) {
      assert.match(program.output(), new RegExp(name))
    }
  })

  test('that is wrong is 2 with all errors, and so are options that nobody knows', async (t) => {
    const [wrong, usage, twice] = [
      startProgram(t, NEGATIVE_PROBER, { PORT: 'eighty' }),
      startProgram(t, PROBER, {}, ['--onec']),
      startProgram(t, PROBER, {}, ['--once', '--once']),
    ] as const
    assert.equal((await wrong.exit).code, 2)
    for (const name of ['PORT', 'STS_DOMAIN', 'PROBER_IDENTITY', 'AUTHORIZATION']) {
      assert.match(wrong.output(), new RegExp(`\\b${name}\\b`))
    }
    for (const program of [usage, twice]) {
      assert.equal((await program.exit).code, 2)
      assert.match(program.output(), /usage/)
    }
  })

  test('is only checked with --check-config', async (t) => {
    const environment = { STS_DOMAIN: DOMAIN, PROBER_IDENTITY: 'prober', PROBER_ALLOW_ANONYMOUS: 'true' }
    const running = startProgram(t, PROBER, { ...environment, PORT: '0' }, ['--check-config'])
    const once = startProgram(t, NEGATIVE_PROBER, environment, ['--once', '--check-config'])
    assert.equal((await running.exit).code, 0, running.output())
    assert.equal((await once.exit).code, 0, once.output())
  })
})
