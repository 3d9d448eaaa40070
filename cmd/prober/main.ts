import { runProberProgram } from '../prober-program.ts'

await runProberProgram('prober')
