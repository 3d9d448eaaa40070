import type { TestContext } from 'node:test'
import {
  actionsClaims,
  generateAppKey,
  startGitHub,
  startIssuer,
  type GitHubEmulator,
  type Issuer,
} from '../../../emulator/index.ts'
import { startProgram, type Program } from './service-process.ts'

export const DOMAIN = 'sts.example.com'
export const APP_KEY = generateAppKey()

/** The service as a process, a GitHub and an issuer, all on loopback. */
export interface Deployment {
  readonly github: GitHubEmulator
  readonly issuer: Issuer
  readonly app: Program
  readonly url: string
  readonly port: number
  readonly token: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
}

export interface DeploymentOptions {
  /** The App's key as the service has it; default: the right one. */
  readonly privateKey?: string
  /** What is started; default: the sources. */
  readonly start?: typeof startProgram
}

/** `acme/app` has a policy `reader` that lets its main branch read contents. */
export async function startDeployment(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const github = await startGitHub()
  const issuer = await startIssuer()
  t.after(() => Promise.all([github.close(), issuer.close()]))
  github.addOrganization('acme')
  github.addRepository({ owner: 'acme', name: '.github' })
  github.addRepository({ owner: 'acme', name: 'app' })
  const permissions = { contents: 'write', issues: 'write', metadata: 'read' } as const
  const gitHubApp = github.addApp({
    slug: 'sts',
    owner: 'acme',
    publicKeys: [APP_KEY.publicKey],
    permissions,
  })
  github.install({ app: gitHubApp, account: 'acme' })
  github.writeFile(
    'acme/app',
    '.github/chainguard/reader.sts.yaml',
    `issuer: ${issuer.issuer}\nsubject: repo:acme/app:ref:refs/heads/main\npermissions:\n  contents: read\n`,
  )
  const start = options.start ?? startProgram
  const app = start(t, 'cmd/app/main.ts', {
    PORT: '0',
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: DOMAIN,
    GITHUB_APP_IDS: String(gitHubApp.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: options.privateKey ?? APP_KEY.privateKey,
    GITHUB_BASE_URL: github.baseUrl,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    METRICS: 'false',
    ...env,
  })
  const [, port = ''] = await app.saw(/"port":(\d+)[^\n]*listening/)
  const claims = actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN })
  return {
    github,
    issuer,
    app,
    url: `http://127.0.0.1:${port}`,
    port: Number(port),
    token: (more = {}) => issuer.sign({ ...claims, ...more }),
  }
}
