import type { World } from '../../../emulator/index.ts'
import type { Programs } from '../programs.ts'
import { createCaller } from './caller.ts'
import { checkStep } from './check-step.ts'
import { exchangeSteps } from './exchange-steps.ts'
import { proberSteps } from './prober-steps.ts'

/** Takes a visitor through `world`, with everything said to `say`; whether each step was as it should be. */
export async function runTour(
  world: World,
  { serviceUrl, probers }: Programs,
  say: (line: string) => void,
): Promise<boolean> {
  const steps = [
    ...exchangeSteps(createCaller(world, serviceUrl)),
    checkStep(world),
    ...proberSteps(world, probers),
  ]
  let isRight = true
  for (const [index, step] of steps.entries()) {
    say(`\n  ${index + 1}. ${step.title}`)
    const ok = await step.run((line) => {
      say(`     ${line}`)
    })
    if (ok) continue
    isRight = false
    say('     THIS IS NOT WHAT SHOULD HAPPEN')
  }
  return isRight
}
