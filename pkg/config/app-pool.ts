import type { KeyProvider } from './key-name.ts'

/** What signs for an App. */
export type AppKeyConfig =
  /** The private key itself, as text: RSA of at least 2,048 bits, not encrypted. */
  | { readonly kind: 'pem'; readonly pem: string }
  /** A key that stays in a key service. `name` has the form of the provider; whether it is there shows at its use. */
  | { readonly kind: 'kms'; readonly provider: KeyProvider; readonly name: string }

/** A GitHub App that serves. */
export interface AppConfig {
  /** Its App id or client id. */
  readonly id: string
  readonly key: AppKeyConfig
}

/** The Apps that serve an owner. */
export interface AppPoolConfig {
  /** In lower case; `*` stands for every owner without a pool of its own. */
  readonly owner: string
  /** At least one, in the operator's order. No App is in two pools. */
  readonly apps: readonly AppConfig[]
}
