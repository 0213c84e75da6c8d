import { badRequest } from './errors.ts'

/** Form fields as Stripe nests them: `a[b][0]=c` becomes { a: { b: { 0: 'c' } } }. Leaves are strings. */
export type FormTree = { [key: string]: string | FormTree }

const MOST_FIELDS = 1000
const DEEPEST = 8

const emptyTree = (): FormTree => Object.create(null)

/** Reads `application/x-www-form-urlencoded` text, of a body or of a query. Refuses what contradicts itself. */
export function readForm(text: string): FormTree {
  const tree = emptyTree()
  const fields = [...new URLSearchParams(text)]
  if (fields.length > MOST_FIELDS) throw badRequest(`Too many parameters: at most ${MOST_FIELDS}.`)
  for (const [name, value] of fields) place(tree, name, keysOf(name), value)
  return tree
}

function keysOf(name: string): string[] {
  const parts = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  const [, first, rest] = parts ?? []
  if (!first || rest === undefined) throw badRequest(`Invalid parameter name: ${name}`, { param: name })
  const keys = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(found => found[1] ?? '')]
  if (keys.length > DEEPEST) throw badRequest(`Parameter nested too deep: ${name}`, { param: name })
  return keys
}

function place(tree: FormTree, name: string, keys: string[], value: string): void {
  let branch = tree
  for (const [depth, given] of keys.entries()) {
    const key = given === '' ? String(Object.keys(branch).length) : given
    const there = branch[key]
    if (depth === keys.length - 1) {
      if (there !== undefined) throw badRequest(`Parameter given twice: ${name}`, { param: name })
      branch[key] = value
      return
    }
    if (typeof there === 'string') throw badRequest(`Invalid object: ${name}`, { param: name })
    const below = there ?? emptyTree()
    branch[key] = below
    branch = below
  }
}

/** The same text for the same fields in whatever order they came. */
export function canonicalForm(tree: FormTree): string {
  const sorted = (part: string | FormTree): unknown =>
    typeof part === 'string'
      ? part
      : Object.keys(part)
          .sort()
          .map(key => [key, sorted(part[key] ?? '')])
  return JSON.stringify(sorted(tree))
}
