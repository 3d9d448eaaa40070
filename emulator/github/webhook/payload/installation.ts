import type { Actor } from '../../model/account.ts'
import type { Installation } from '../../model/installation.ts'
import { fullName } from '../../model/repository.ts'
import type { Repository } from '../../model/repository.ts'
import { accountJson } from '../../resources/account.ts'
import { installationJson } from '../../resources/app.ts'

/** `installation`. */
export function installationPayload(
  api: string,
  sender: Actor,
  action: string,
  installation: Installation,
  repositories: readonly Repository[],
) {
  return {
    action,
    installation: installationJson(api, installation),
    ...(action === 'created' || action === 'deleted' ? { repositories: repositories.map(named) } : {}),
    ...(action === 'created' ? { requester: null } : {}),
    sender: accountJson(api, sender),
  }
}

/** `installation_repositories`. */
export function installationRepositoriesPayload(
  api: string,
  sender: Actor,
  action: string,
  installation: Installation,
  { added, removed }: { readonly added: readonly Repository[]; readonly removed: readonly Repository[] },
) {
  const json = installationJson(api, installation)
  return {
    action,
    installation: json,
    repository_selection: json.repository_selection,
    repositories_added: added.map(named),
    repositories_removed: removed.map(named),
    requester: null,
    sender: accountJson(api, sender),
  }
}

function named(repository: Repository) {
  return {
    id: repository.id,
    node_id: Buffer.from(`010:Repository${repository.id}`).toString('base64'),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  }
}
