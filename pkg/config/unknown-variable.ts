import { findNearMiss } from '#pkg/policy'
import type { Environment } from './variable.ts'

/** Names that belong to this service, known or not. */
const OWN_PREFIX = /^(?:STS|OCTOSTS|PROBER)_/

/** What Kubernetes sets for a Service called `sts` or `prober`. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
const KUBERNETES_LINK =
  /^(?:STS|PROBER)_(?:SERVICE_(?:HOST|PORT)(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP).*)?)$/

/** Shorter names are near too many others. */
const NEAR_NAME_MIN_LENGTH = 7
const NAME_MAX_LENGTH = 64

/**
 * A warning for each variable that is probably a misspelt one: an unknown name with the service's prefix, or
 * one close to the name of a variable that is not set. A setting that silently has no effect may be one that
 * was to keep somebody out.
 */
export function warnOfUnknownVariables(
  environment: Environment,
  known: ReadonlySet<string>,
): readonly string[] {
  const warnings: string[] = []
  for (const name of Object.keys(environment).sort()) {
    if (known.has(name) || (environment[name] ?? '') === '' || KUBERNETES_LINK.test(name)) continue
    if (name.length > NAME_MAX_LENGTH) continue
    const meant = nearestName(
      name,
      [...known].filter((each) => !Object.hasOwn(environment, each)),
    )
    if (meant !== undefined) warnings.push(`${name} is unknown and ignored; did you mean ${meant}?`)
    else if (OWN_PREFIX.test(name)) warnings.push(`${name} is unknown and ignored`)
  }
  return warnings
}

function nearestName(name: string, candidates: readonly string[]): string | undefined {
  return name.length < NEAR_NAME_MIN_LENGTH ? undefined : findNearMiss(name, candidates)
}
