export { createSecretSource, type SecretSource, type SecretSourceOptions } from './secret-source.ts'
export { watchSecrets, type SecretWatch, type SecretWatchOptions } from './secret-watch.ts'
