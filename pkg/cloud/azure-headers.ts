/** The headers of an answer as Azure's packages read them: names in any case. */
export class AzureHeaders {
  readonly #values: Map<string, string>

  /** @param headers - names in lower case. */
  constructor(headers: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(headers))
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string | number | boolean): void {
    this.#values.set(name.toLowerCase(), String(value))
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values)
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#values.entries()
  }
}
