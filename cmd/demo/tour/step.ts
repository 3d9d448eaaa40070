/** One thing that the tour shows. */
export interface Step {
  readonly title: string
  /** Says what happens, line by line; resolves with whether it was what should happen. */
  run(say: (line: string) => void): Promise<boolean>
}
