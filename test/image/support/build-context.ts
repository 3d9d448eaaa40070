/**
 * Whether a path is in the build context, by a `.dockerignore` that first takes everything out and then names what is
 * in. https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function contextFilter(dockerignore: string): (path: string) => boolean {
  const [first, ...others] = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const included = others.map((line) => /^!([\w./-]+)$/.exec(line)?.[1] ?? '')
  if (first !== '*' || included.includes('')) throw new Error('.dockerignore names more than what is in')
  return (path) => included.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
}
