/** How a token is asked for. */
export interface TokenCall {
  readonly signal: AbortSignal
}

/** Where a prober has its own OIDC tokens from. */
export interface TokenSource {
  /** A token for `audience`, valid now. Rejects with a ClientError or StsError that holds no token. */
  token(audience: string, call: TokenCall): Promise<string>
  /** Whether `audience` makes a difference: a file has the token that it has. */
  readonly anyAudience: boolean
  /**
   * A token for `audience` that has expired: made to order, or one of an earlier run. Undefined while there is none.
   */
  expired(audience: string, call: TokenCall): Promise<string | undefined>
}
