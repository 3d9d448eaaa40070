import { z } from 'zod'
import { render, type Changes, type ValuesName } from './chart.ts'

const TEXTS = z.record(z.string(), z.string())
const METADATA = z.looseObject({
  name: z.string(),
  namespace: z.literal('tokens'),
  labels: TEXTS,
  annotations: TEXTS.optional(),
})
const SELECTOR = z.strictObject({ matchLabels: TEXTS })

const REFERENCE = z.strictObject({ name: z.string(), key: z.string() })
const VARIABLE = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({ name: z.string(), valueFrom: z.strictObject({ secretKeyRef: REFERENCE }) }),
])
const PROBE = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) })
const CONTAINER = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.string(),
  env: z.array(VARIABLE),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.number() })),
  startupProbe: PROBE,
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  resources: z.looseObject({ requests: TEXTS, limits: TEXTS }),
  securityContext: z.unknown(),
  volumeMounts: z
    .array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.literal(true) }))
    .default([]),
})
const TOKEN_SOURCE = z.strictObject({
  serviceAccountToken: z.strictObject({
    path: z.string(),
    audience: z.string(),
    expirationSeconds: z.number(),
  }),
})
const VOLUME = z.strictObject({
  name: z.string(),
  secret: z.strictObject({ secretName: z.string(), defaultMode: z.literal(0o440) }).optional(),
  configMap: z.strictObject({ name: z.string() }).optional(),
  projected: z.strictObject({ defaultMode: z.literal(0o440), sources: z.tuple([TOKEN_SOURCE]) }).optional(),
})
const POD = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  enableServiceLinks: z.boolean(),
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.unknown(),
  containers: z.tuple([CONTAINER]),
  volumes: z.array(VOLUME).default([]),
  topologySpreadConstraints: z.array(
    z.strictObject({
      topologyKey: z.string(),
      maxSkew: z.literal(1),
      whenUnsatisfiable: z.literal('ScheduleAnyway'),
      labelSelector: SELECTOR,
    }),
  ),
})
const DEPLOYMENT = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata: METADATA,
  spec: z.strictObject({
    replicas: z.number().optional(),
    strategy: z.unknown(),
    minReadySeconds: z.number(),
    selector: SELECTOR,
    template: z.strictObject({
      metadata: z.strictObject({ labels: TEXTS, annotations: TEXTS }),
      spec: POD,
    }),
  }),
})
const SERVICE = z.looseObject({
  kind: z.literal('Service'),
  metadata: METADATA,
  spec: z.strictObject({
    type: z.string().optional(),
    clusterIP: z.literal('None').optional(),
    publishNotReadyAddresses: z.boolean().optional(),
    selector: TEXTS,
    ports: z.tuple([
      z.strictObject({
        name: z.string(),
        port: z.number(),
        targetPort: z.string(),
        appProtocol: z.string(),
      }),
    ]),
  }),
})
const OBJECT = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: METADATA })

export type Deployment = z.infer<typeof DEPLOYMENT>
export type Container = z.infer<typeof CONTAINER>
type AnyObject = z.infer<typeof OBJECT>

/** All objects of `kind` that the chart makes; without `kind`, all. */
export function objectsOf(name: ValuesName, kind?: string, changes: Changes = {}): readonly AnyObject[] {
  const objects = render(name, changes).map((object) => OBJECT.parse(object))
  return kind === undefined ? objects : objects.filter((object) => object.kind === kind)
}

export function deploymentsOf(name: ValuesName, changes: Changes = {}): readonly Deployment[] {
  return objectsOf(name, 'Deployment', changes).map((object) => DEPLOYMENT.parse(object))
}

export function servicesOf(name: ValuesName, changes: Changes = {}) {
  return objectsOf(name, 'Service', changes).map((object) => SERVICE.parse(object))
}

/** What comes out of `path` in `object`: one value, or undefined. */
export function valueAt(object: unknown, ...path: readonly (string | number)[]): unknown {
  let value = object
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([name]) => name === String(key))?.[1]
  }
  return value
}

/** As {@link valueAt}, where there has to be a list. */
export function listAt(object: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  return z.array(z.unknown()).parse(valueAt(object, ...path))
}

/** As {@link valueAt}, where there has to be a text. */
export function textAt(object: unknown, ...path: readonly (string | number)[]): string {
  return z.string().parse(valueAt(object, ...path))
}

/** The program of a Deployment. */
export function componentOf({ metadata }: { readonly metadata: AnyObject['metadata'] }): string {
  return metadata.labels['app.kubernetes.io/component'] ?? ''
}
