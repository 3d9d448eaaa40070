import { readFileSync } from 'node:fs'
import { readServiceConfig, type Environment, type ServiceConfigResult } from '#pkg/config'
import { toStsError } from '#pkg/errors'
import { createPemSigner } from '#pkg/signer'

/** The configuration in `environment` and the files that it names. */
export function readConfiguration(environment: Environment): ServiceConfigResult {
  return readServiceConfig(environment, { readFile: (path) => readFileSync(path), findKeyProblem })
}

function findKeyProblem(pem: string): string | undefined {
  try {
    createPemSigner(pem)
    return undefined
  } catch (thrown) {
    const { problem } = toStsError(thrown).detail
    return typeof problem === 'string' ? problem : 'it cannot be read'
  }
}
