/** One attempt at reading a secret, byte for byte. What goes wrong is an StsError `secret_unavailable`. */
export type ReadSecret = (name: string, signal: AbortSignal) => Promise<Buffer>
