import { createGrant, type Grant } from '#pkg/github'
import type { CompiledTrustPolicy, PolicyLocation } from '#pkg/policy'

/** Step 9: what a policy grants. Made once for a policy and the form of scope, then used for each mint. */
export interface Grants {
  /**
   * The policy's permissions, on the repositories that it names; without any, on those that the scope means.
   * Never empty, never implicit: all repositories of an installation only for the scope of an owner.
   */
  of(policy: CompiledTrustPolicy, location: PolicyLocation): Grant
}

export function createGrants(): Grants {
  // A file is one policy, but the scopes `owner` and `owner/<policy repository>` read it with different defaults.
  const wide = new WeakMap<CompiledTrustPolicy, Grant>()
  const narrow = new WeakMap<CompiledTrustPolicy, Grant>()
  return {
    of(policy, { defaultRepositories }) {
      const known = defaultRepositories === 'all' ? wide : narrow
      let grant = known.get(policy)
      if (grant === undefined) {
        const { permissions, repositories } = policy.source
        grant = createGrant(permissions, repositories ?? defaultRepositories)
        known.set(policy, grant)
      }
      return grant
    },
  }
}
