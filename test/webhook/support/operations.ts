/** Operations of GitHub's API by their ids: a file or a folder is read, a check run is made, and ended. */
export const READ = 'repos/get-content'
export const OPEN = 'checks/create'
export const CLOSE = 'checks/update'
