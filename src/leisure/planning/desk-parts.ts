import type { Town } from '../../town-context.ts'
import type { WhoIsIn } from './sessions.ts'

/** What the clerks' pages are made with: the town, and whoever knows who has a place. */
export type LeisureParts = { town: Town; whoIsIn: readonly WhoIsIn[] }

/** The values of an input that may come once, several times or not at all. */
export function listTyped(body: unknown, name: string): string[] {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string')
}
