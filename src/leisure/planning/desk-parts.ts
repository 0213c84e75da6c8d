import type { DocumentPool } from '../../documents/pool.ts'
import type { Town } from '../../town-context.ts'

/** What the leisure centres' pages are made with. */
export type LeisureParts = { town: Town; pdf: DocumentPool }

/** The values of an input that may come once, several times or not at all. */
export function listTyped(body: unknown, name: string): string[] {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string')
}
