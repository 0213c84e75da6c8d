import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { textOf } from './source-files.ts'

/** The scripts of package.json. */
export const packageScripts = (JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts

/** What the program says of one of its commands. Throws when it knows no such command. */
export function commandHelp(command: string): string {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const help = execFileSync(process.execPath, [main, command, '--help'], { encoding: 'utf8' })
  if (!help.startsWith(`Usage: guichet ${command}`)) throw new Error(`main.ts has no command ${command}`)
  return help
}
