import { PROJECT, REGION } from './octo-sts-state.ts'

/** The input github_apps. */
export type Apps = readonly {
  readonly app_id: number
  readonly key_version: number
  readonly org_name?: string
}[]

/** An environment of octo-sts in which the source and the images are changed, and the version of the secret is named. */
export function configureSwitch(apps: Apps, more: object = {}): object {
  return {
    provider: { google: { project: PROJECT } },
    module: {
      app: {
        source: '../iac/modules/github-sts',
        project_id: PROJECT,
        name: 'octo-sts',
        regions: { [REGION]: { network: 'octo-sts', subnet: 'octo-sts-us-central1' } },
        'private-services': { 'eventing-ingress': { name: 'octo-sts-broker-ingress' } },
        domain: 'octo-sts.dev',
        images: { app: 'example.com/app', webhook: 'example.com/webhook' },
        github_apps: apps,
        notification_channels: [],
        sticky_store: 'firestore',
        sticky_store_firestore_ttl: '1h',
        webhook_secret_versions: ['1'],
        ...more,
      },
    },
    output: { names: { value: ['${module.app.app.name}', '${module.app.webhook.name}'] } },
  }
}
