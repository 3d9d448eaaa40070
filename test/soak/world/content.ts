import { generateAppKey, type GitHubEmulator } from '../../../emulator/index.ts'
import { EFFECTS, FAULTY_OPERATIONS } from './faults.ts'
import { hostilePolicies } from './hostile-policies.ts'
import { faultyOwner, GOOD, HOSTILE_OWNER, HOSTILE_SUBJECT } from './names.ts'

const FOLDER = '.github/chainguard'

/** Accounts, repositories, policies, and what goes wrong for the attackers' faulty owners. */
export function fillGitHub(
  github: GitHubEmulator,
  issuers: { readonly good: string; readonly hostile: string },
): { readonly appId: number; readonly privateKey: string } {
  const key = generateAppKey()
  github.addOrganization(GOOD.owner)
  const permissions = { contents: 'write', issues: 'write', metadata: 'read' } as const
  const app = github.addApp({ slug: 'sts', owner: GOOD.owner, publicKeys: [key.publicKey], permissions })

  function addOwner(owner: string, policies: ReadonlyMap<string, string>): number {
    if (owner !== GOOD.owner) github.addOrganization(owner)
    const files = [...policies].map(([identity, text]) => [`${FOLDER}/${identity}.sts.yaml`, text] as const)
    github.addRepository({ owner, name: '.github' })
    github.addRepository({ owner, name: GOOD.repository, files: Object.fromEntries(files) })
    return github.install({ app, account: owner }).id
  }

  const grants = 'permissions:\n  contents: read\n'
  const letsIn = (subject: string, issuer: string) => `issuer: ${issuer}\nsubject: ${subject}\n${grants}`
  addOwner(
    GOOD.owner,
    new Map([
      [GOOD.identity, letsIn(`repo:${GOOD.owner}/${GOOD.repository}:ref:refs/heads/main`, issuers.good)],
    ]),
  )
  addOwner(HOSTILE_OWNER, hostilePolicies(issuers.hostile))
  for (const [word, operation] of Object.entries(FAULTY_OPERATIONS)) {
    for (const [name, effect] of Object.entries(EFFECTS)) {
      const owner = faultyOwner(word, name)
      const policies = new Map([[GOOD.identity, letsIn(HOSTILE_SUBJECT, issuers.hostile)]])
      const installation = addOwner(owner, policies)
      const paths = [`/repos/${owner}/`, `/app/installations/${installation}/`]
      github.fault({
        ...effect,
        match: (request) =>
          request.operation === operation && paths.some((path) => request.path.startsWith(path)),
      })
    }
  }
  return { appId: app.id, privateKey: key.privateKey }
}
