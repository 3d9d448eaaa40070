import { resources } from '@opentelemetry/sdk-node'
import type { TelemetryOptions } from '../telemetry.ts'

/**
 * Who sends this. The name is that of OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES, of the option, or of the program;
 * it stands under `service_name` too, where octo-sts's dashboards look, as the revision under `revision_name`.
 *
 * https://opentelemetry.io/docs/specs/semconv/resource/service/
 */
export function describeService(
  options: Pick<TelemetryOptions, 'program' | 'serviceName' | 'revision' | 'version'>,
): resources.Resource {
  const { program, serviceName = `github-sts-${program}`, revision, version } = options
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }))
    .merge(
      resources.detectResources({ detectors: [resources.serviceInstanceIdDetector, resources.envDetector] }),
    )
  return resource.merge(
    resources.resourceFromAttributes({
      service_name: resource.attributes['service.name'],
      ...(revision === undefined ? {} : { revision_name: revision }),
    }),
  )
}

const PROMETHEUS_LABEL = /^[A-Za-z_]/

/**
 * The same for Prometheus, where `service.name` and `service_name` are one name: a label that is there twice makes it
 * refuse everything.
 */
export function withoutRepeatedLabels(resource: resources.Resource): resources.Resource {
  const seen = new Set<string>()
  const entries = Object.entries(resource.attributes).filter(([name]) => {
    const label = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replaceAll(/_{2,}/g, '_')
    if (seen.has(label) || !PROMETHEUS_LABEL.test(label)) return false
    seen.add(label)
    return true
  })
  return resources.resourceFromAttributes(Object.fromEntries(entries))
}
