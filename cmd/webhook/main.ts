import { runProgram } from '../program.ts'
import { readConfiguration } from './configuration.ts'
import { createWebhookService } from './service.ts'

await runProgram({
  name: 'webhook',
  readConfiguration,
  create: createWebhookService,
  ready: () => ({ fields: {}, message: 'the webhook is listening' }),
})
