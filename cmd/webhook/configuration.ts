import { readFileSync } from 'node:fs'
import { readWebhookConfig, type Environment, type WebhookConfigResult } from '#pkg/config'
import { findKeyProblem } from '../key-problem.ts'

/** The configuration of the webhook in `environment` and the files that it names. */
export function readConfiguration(environment: Environment): WebhookConfigResult {
  return readWebhookConfig(environment, { readFile: (path) => readFileSync(path), findKeyProblem })
}
