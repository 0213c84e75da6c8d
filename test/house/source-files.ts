import { globSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A file of the repository: its path from the root, and what is in it. */
export type SourceFile = { path: string; text: string }

/** The files that fit a pattern such as `src/**\/*.ts`, in the order of their paths. */
export function filesLike(...patterns: string[]): SourceFile[] {
  const paths = globSync(patterns, { cwd: root, exclude: path => path.startsWith('node_modules') })
  return paths.sort().map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** The text of one file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

const FROM = /\b(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])(?<specifier>[^'"]+)\1/g
const BARE = /\bimport\s*(['"])(?<specifier>[^'"]+)\1/g
const CALLED = /\b(?:import|require|load)\(\s*(['"])(?<specifier>[^'"]+)\1/g

/** What a file imports: other files by their path from the root, packages by their names as written. Types too. */
export function importsOf({ path, text }: SourceFile): string[] {
  const code = withoutComments(text)
  const specifiers = [FROM, BARE, CALLED].flatMap(pattern =>
    [...code.matchAll(pattern)].map(match => match.groups?.['specifier'] ?? ''),
  )
  return specifiers.map(specifier => (specifier.startsWith('.') ? normalize(join(path, '..', specifier)) : specifier))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
