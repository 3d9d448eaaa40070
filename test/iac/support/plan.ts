import type { Workspace } from './terraform.ts'

/** What the tests read of https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export interface Plan {
  readonly resource_changes: readonly {
    readonly address: string
    readonly previous_address?: string
    readonly type: string
    readonly change: { readonly actions: readonly string[]; readonly after: unknown }
  }[]
  readonly planned_values: { readonly outputs: Readonly<Record<string, { readonly value?: unknown }>> }
  readonly output_changes?: unknown
}

const NO_PLAN: Plan = { resource_changes: [], planned_values: { outputs: {} } }

/** Plans in a folder of the workspace; the plan is empty where the status is not 0. */
export async function planJson(
  workspace: Workspace,
  folder: string,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly output: string; readonly plan: Plan }> {
  let output = ''
  for (const step of [
    ['init', '-input=false', '-no-color'],
    ['plan', '-input=false', '-no-color', '-out=plan', ...args],
  ]) {
    const { status, stdout, stderr } = await workspace.run(folder, ...step)
    output += stdout + stderr
    if (status !== 0) return { status, output, plan: NO_PLAN }
  }
  const { status, stdout } = await workspace.run(folder, 'show', '-json', 'plan')
  return { status, output, plan: JSON.parse(stdout) as Plan }
}

/** A resource as it is after an apply. */
export interface Applied {
  readonly address: string
  readonly type: string
  readonly values: Readonly<Record<string, unknown>>
}

interface StateModule {
  readonly resources?: readonly (Applied & { readonly mode: string })[]
  readonly child_modules?: readonly StateModule[]
}

/** Applies in a folder of the workspace, and gives what is managed there then, with every value known. */
export async function applyJson(
  workspace: Workspace,
  folder: string,
  ...args: readonly string[]
): Promise<readonly Applied[]> {
  for (const step of [
    ['init', '-input=false', '-no-color'],
    ['apply', '-auto-approve', '-input=false', '-no-color', ...args],
  ]) {
    const { status, stdout, stderr } = await workspace.run(folder, ...step)
    if (status !== 0) throw new Error(stdout + stderr)
  }
  const { stdout } = await workspace.run(folder, 'show', '-json')
  return resourcesOf(
    (JSON.parse(stdout) as { readonly values: { root_module: StateModule } }).values.root_module,
  )
}

function resourcesOf({ resources = [], child_modules = [] }: StateModule): readonly Applied[] {
  return [...resources.filter(({ mode }) => mode === 'managed'), ...child_modules.flatMap(resourcesOf)]
}

/** The addresses of a plan in whose change an action has a part. */
export function actionsOf(plan: Plan, action: string): readonly string[] {
  return plan.resource_changes
    .filter(({ change }) => change.actions.includes(action))
    .map(({ address }) => address)
    .sort()
}
