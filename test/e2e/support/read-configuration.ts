// Reads the configuration of the service, and nothing else, as a program of its own; status 0 when it is valid.
import { readFileSync } from 'node:fs'
import { readServiceConfig } from '#pkg/config'

const sources = { readFile: (path: string) => readFileSync(path), findKeyProblem: () => undefined }
process.exitCode = readServiceConfig(process.env, sources).ok ? 0 : 2
