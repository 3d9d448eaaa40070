import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { generate } from 'selfsigned'
import {
  actionsClaims,
  startEnterpriseServer,
  startIssuer,
  type EnterpriseServer,
} from '../../../emulator/index.ts'
import { APP_KEY, DOMAIN } from './deployment.ts'
import { startProgram, type Program } from './service-process.ts'

/** The job that the policies let in. */
export const SUBJECT = 'repo:acme/app:ref:refs/heads/main'

/** What makes a program trust the authority of the company: told to Node itself, or to the program. */
export type Trust = 'NODE_EXTRA_CA_CERTS' | 'SSL_CERT_FILE'

/** A GitHub Enterprise Server and the issuer of a stranger, both with certificates of one private authority. */
export interface EnterpriseWorld extends Pick<EnterpriseServer, 'github' | 'issuer'> {
  /** A file of its own for this test. */
  readonly file: (name: string, text: string) => string
  /** The authority, as `trust` has it. */
  readonly trusting: (trust: Trust) => Readonly<Record<string, string>>
  readonly appIds: readonly string[]
  readonly token: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
  /** Of an issuer elsewhere that claims to speak for the same organization. */
  readonly strangersToken: () => Promise<string>
  /** What opens the stranger's issuer, which has a private address like the server. */
  readonly openStranger: Readonly<Record<string, string>>
  readonly start: (main: string, env: Readonly<Record<string, string>>, args?: readonly string[]) => Program
}

export async function startEnterpriseWorld(t: TestContext, { apps = 1 } = {}): Promise<EnterpriseWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'enterprise-server-'))
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const { authority, tls } = await makeCertificate()
  const authorityFile = file('authority.pem', authority)
  const server = await startEnterpriseServer({ tls })
  const stranger = await startIssuer({ tls })
  t.after(async () => {
    await Promise.all([server.close(), stranger.close()])
    rmSync(folder, { recursive: true })
  })
  const { github, issuer } = server
  github.addOrganization('acme')
  for (const name of ['.github', 'app', 'prober']) github.addRepository({ owner: 'acme', name })
  const appIds = Array.from({ length: apps }, (_, n) => {
    const app = github.addApp({
      slug: `sts-${n}`,
      owner: 'acme',
      publicKeys: [APP_KEY.publicKey],
      permissions: { checks: 'write', contents: 'write', issues: 'write', metadata: 'read' },
    })
    github.install({ app, account: 'acme' })
    return String(app.id)
  })
  const folderOf = (name: string): string => `.github/chainguard/${name}.sts.yaml`
  const from = (subject: string): string => `issuer: ${issuer.issuer}\nsubject: ${subject}\n`
  github.writeFile('acme/app', folderOf('reader'), `${from(SUBJECT)}permissions:\n  contents: read\n`)
  github.writeFile(
    'acme/.github',
    folderOf('everywhere'),
    `${from(SUBJECT)}repositories: [app, prober]\npermissions:\n  contents: read\n`,
  )
  // The issuer numbers owner and repository when it is asked for the token of a job.
  github.writeFile(
    'acme/prober',
    folderOf('prober'),
    `${from('repo:acme@1/prober@2:ref:refs/heads/main')}permissions:\n  contents: read\n  issues: read\n`,
  )
  const claims = actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN })
  return {
    github,
    issuer,
    file,
    trusting: (trust) => ({ [trust]: authorityFile }),
    appIds,
    token: (more = {}) => issuer.sign({ ...claims, ...more }),
    strangersToken: () => stranger.sign(claims),
    openStranger: { STS_ALLOWED_PRIVATE_ISSUERS: stranger.issuer },
    start: (main, env, args = []) =>
      startProgram(
        t,
        main,
        { STS_HOST: '127.0.0.1', GITHUB_BASE_URL: github.baseUrl, METRICS: 'false', ...env },
        args,
      ),
  }
}

/** The port that a program says it listens on. */
export async function portOf(program: Program): Promise<string> {
  const [, port = ''] = await program.saw(/"port":(\d+)[^\n]*listening/)
  return port
}

async function makeCertificate() {
  const authority = await generate([{ name: 'commonName', value: 'Acme root' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    ca: { key: authority.private, cert: authority.cert },
  })
  return { authority: authority.cert, tls: { key, cert } }
}
