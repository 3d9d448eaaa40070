import { createAppControl } from './control/app-control.ts'
import type { AppControl } from './control/app-control.ts'
import { createCheckControl } from './control/check-control.ts'
import type { CheckControl } from './control/check-control.ts'
import { createInstallationControl } from './control/installation-control.ts'
import type { InstallationControl } from './control/installation-control.ts'
import type { ControlParts } from './control/lookup.ts'
import { createMergeQueueControl } from './control/merge-queue-control.ts'
import type { MergeQueueControl } from './control/merge-queue-control.ts'
import { createPullRequestControl } from './control/pull-request-control.ts'
import type { PullRequestControl } from './control/pull-request-control.ts'
import { createPushControl } from './control/push-control.ts'
import type { PushControl } from './control/push-control.ts'
import { createRepositoryControl } from './control/repository-control.ts'
import type { RepositoryControl } from './control/repository-control.ts'
import { gitEntry } from './model/git.ts'
import type { GitEntry } from './model/git.ts'

/** What a test or the demo does to the world behind GitHub's back. Names that do not exist throw. */
export interface GitHubControl
  extends
    RepositoryControl,
    PushControl,
    AppControl,
    InstallationControl,
    PullRequestControl,
    MergeQueueControl,
    CheckControl {}

/** An entry for `push`: a symlink to `target`. */
export function symlink(target: string): GitEntry {
  return gitEntry('symlink', target)
}

/** An entry for `push`: a submodule at `url`. */
export function submodule(url: string): GitEntry {
  return gitEntry('submodule', url)
}

export function createControl(parts: ControlParts): GitHubControl {
  return {
    ...createRepositoryControl(parts),
    ...createPushControl(parts),
    ...createAppControl(parts),
    ...createInstallationControl(parts),
    ...createPullRequestControl(parts),
    ...createMergeQueueControl(parts),
    ...createCheckControl(parts),
  }
}
