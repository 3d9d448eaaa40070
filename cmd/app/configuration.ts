import { readFileSync } from 'node:fs'
import { readServiceConfig, type Environment, type ServiceConfigResult } from '#pkg/config'
import { findKeyProblem } from '../key-problem.ts'

/** The configuration in `environment` and the files that it names. */
export function readConfiguration(environment: Environment): ServiceConfigResult {
  return readServiceConfig(environment, { readFile: (path) => readFileSync(path), findKeyProblem })
}
