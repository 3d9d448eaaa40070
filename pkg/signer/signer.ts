/**
 * Signs for one GitHub App with RS256: RSASSA-PKCS1-v1_5 over SHA-256 (RFC 7518, section 3.3), the only
 * algorithm GitHub takes for App JWTs.
 */
export interface Signer {
  /**
   * The signature over `signingInput` (RFC 7515, section 5.1). The key never leaves the signer.
   *
   * @throws StsError `app_key_unavailable` when the key cannot be used now; the reason of `signal` when it aborts.
   */
  sign(signingInput: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Names the kind of key and its size for logs, such as `PEM, RSA 2048`; holds nothing secret. */
  readonly description: string
}
