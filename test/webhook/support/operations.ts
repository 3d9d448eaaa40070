/** Operations of GitHub's API by their ids: commits are compared, a file or a folder is read, a check run is made, and ended. */
export const COMPARE = 'repos/compare-commits-with-basehead'
export const READ = 'repos/get-content'
export const OPEN = 'checks/create'
export const CLOSE = 'checks/update'
