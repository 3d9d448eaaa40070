import { accountJson, timestamp } from './account.ts'
import type { App } from '../model/app.ts'
import type { Installation } from '../model/installation.ts'
import { withMetadata } from '../model/permission.ts'

/** `integration` of GitHub's description. */
export function appJson(api: string, app: App, installationsCount: number) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: Buffer.from(`011:Integration${app.id}`).toString('base64'),
    owner: accountJson(api, app.owner),
    name: app.name,
    description: '',
    external_url: `https://github.com/apps/${app.slug}`,
    html_url: `https://github.com/apps/${app.slug}`,
    created_at: timestamp(app.createdAt),
    updated_at: timestamp(app.createdAt),
    permissions: withMetadata(app.permissions),
    events: app.events,
    installations_count: installationsCount,
  }
}

/** `installation` of GitHub's description. */
export function installationJson(api: string, installation: Installation) {
  const { id, account, app } = installation
  const settings = account.type === 'Organization' ? `organizations/${account.login}/settings` : 'settings'
  return {
    id,
    client_id: app.clientId,
    account: accountJson(api, account),
    repository_selection: installation.selection === 'all' ? 'all' : 'selected',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `https://github.com/${settings}/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: withMetadata(installation.permissions),
    events: app.events,
    created_at: timestamp(installation.createdAt),
    updated_at: timestamp(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt === null ? null : accountJson(api, account),
    suspended_at: installation.suspendedAt === null ? null : timestamp(installation.suspendedAt),
  }
}
