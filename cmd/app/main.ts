import { runProgram } from '../program.ts'
import { readConfiguration } from './configuration.ts'
import { createService } from './service.ts'

await runProgram({
  name: 'app',
  readConfiguration,
  create: createService,
  ready: ({ domain }) => ({ fields: { domain }, message: 'the security token service is listening' }),
})
