import { generate } from 'selfsigned'
import { readProberConfig, readServiceConfig, readWebhookConfig } from '#pkg/config'
import { componentOf, objectsOf, valueAt, type Container, type Deployment } from './objects.ts'
import type { ValuesName } from './chart.ts'

/** What stands in the Secrets that the values of these tests name. */
const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'github-app': { 'app.pem': 'KEY app.pem', 'key.pem': 'KEY key.pem' },
  'github-apps': { 'acme.pem': 'KEY acme.pem', 'others.pem': 'KEY others.pem' },
  'github-webhook': { secret: 'CqU4NoWb2Xj1vR5tYz8mKd7hPs3fLg6e', further: '["the secret before"]' },
  valkey: { url: 'rediss://github-sts:correct-horse@redis.example.internal:6380' },
  proxy: { url: 'http://user:password@proxy.example.internal:3128' },
  prober: { authorization: 'Bearer 0c4b1f6d52e94b7a8f3e6a9d2c5b8e71' },
}

const { cert: CERTIFICATE } = await generate([{ name: 'commonName', value: 'ca.test' }])
const FILES: Readonly<Record<string, string>> = {
  'authorities.pem': CERTIFICATE,
  'cluster-keys.json': '{"keys":[]}',
}

/** The environment of a container, with what the Secrets hold. */
export function environmentOf({ env }: Container): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.map((variable) => {
      if ('value' in variable) return [variable.name, variable.value]
      const { name, key } = variable.valueFrom.secretKeyRef
      return [variable.name, found(SECRETS[name]?.[key], `the entry ${key} of ${name}`)]
    }),
  )
}

/** Reads the configuration of a Deployment's program, from its environment and from the files that are mounted. */
export function readConfiguration(name: ValuesName, deployment: Deployment) {
  const [container] = deployment.spec.template.spec.containers
  const environment = environmentOf(container)
  const sources = {
    readFile: (path: string) => new TextEncoder().encode(readMounted(name, deployment, path)),
    findKeyProblem: (pem: string) => (pem.startsWith('KEY ') ? undefined : 'it is not a key of these tests'),
  }
  switch (componentOf(deployment)) {
    case 'app':
      return readServiceConfig(environment, sources)
    case 'webhook':
      return readWebhookConfig(environment, sources)
    default:
      return readProberConfig(environment, sources, { once: false })
  }
}

/** What a file of a pod holds. Throws where nothing is mounted. */
export function readMounted(name: ValuesName, deployment: Deployment, path: string): string {
  const { containers, volumes } = deployment.spec.template.spec
  const [folder, file] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
  const mount = containers[0].volumeMounts.find(({ mountPath }) => mountPath === folder)
  const volume = found(
    volumes.find((other) => other.name === mount?.name),
    `a volume for ${path}`,
  )
  const { secret, configMap, projected } = volume
  if (secret !== undefined) return found(SECRETS[secret.secretName]?.[file], path)
  if (projected !== undefined) return 'the token'
  if (configMap?.name === 'files') return found(FILES[file], path)
  const made = objectsOf(name, 'ConfigMap').find(({ metadata }) => metadata.name === configMap?.name)
  const text = valueAt(made, 'data', file)
  return found(typeof text === 'string' ? text : undefined, path)
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}
