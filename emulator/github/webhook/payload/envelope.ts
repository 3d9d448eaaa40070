import type { Account, Actor } from '../../model/account.ts'
import type { Installation } from '../../model/installation.ts'
import type { Repository } from '../../model/repository.ts'
import { accountJson } from '../../resources/account.ts'
import { repositoryJson } from '../../resources/repository.ts'

/** What every payload about a repository is made with. */
export interface PayloadContext {
  readonly api: string
  readonly installation: Installation
  readonly sender: Actor
}

/** The part that all payloads about a repository have. */
export function envelope({ api, installation, sender }: PayloadContext, repository: Repository) {
  const { owner } = repository
  return {
    repository: repositoryJson(api, repository),
    ...(owner.type === 'Organization' ? { organization: organizationJson(api, owner) } : {}),
    sender: accountJson(api, sender),
    installation: {
      id: installation.id,
      node_id: Buffer.from(`023:IntegrationInstallation${installation.id}`).toString('base64'),
    },
  }
}

/** `organization-simple-webhooks` of GitHub's description. */
export function organizationJson(api: string, { id, login }: Account) {
  const url = `${api}/orgs/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: Buffer.from(`012:Organization${id}`).toString('base64'),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    description: null,
  }
}
