import { eq } from '../../src/db/drizzle.ts'
import { leisureDraws } from '../../src/leisure/schema.ts'
import { periodById } from '../../src/leisure/store.ts'
import type { Family } from '../support/family.ts'
import type { TestTown, Visitor } from '../support/town.ts'
import { fieldsOf, send } from './world.ts'

/** The opening of these tests: a Monday at eight in the morning, in Paris. */
const OPENS = '2026-12-07T08:00:00+01:00'
export const opensAt = Temporal.Instant.from(OPENS)

/** The town's clock, so many seconds from the opening. */
export const fromOpening = (t: TestTown, seconds: number) =>
  t.at(opensAt.add({ milliseconds: Math.round(seconds * 1_000) }).toString())

/** A clerk says when sign-ups open, at eight o'clock of these days by audience, and how places are given. */
export async function sayOpenings(
  desk: Visitor,
  period: string,
  allocation: 'draw' | 'wishes' | 'first-come',
  days: Record<string, string> = { everybody: '2026-12-07' },
  more: Record<string, string> = {},
): Promise<void> {
  const at = `${period}/ouvertures`
  const typed = Object.entries(days).flatMap(([audience, day]) => [
    [`openings.${audience}.day`, day],
    [`openings.${audience}.time`, '08:00'],
  ])
  await send(desk, at, { ...fieldsOf((await desk.get(at)).text), allocation, ...Object.fromEntries(typed), ...more })
}

export const idIn = (path: string) => path.split('/').at(-1) ?? ''

/** The stored period, and the seed of its draw. */
export const periodOf = (t: TestTown, path: string) => periodById(t.town.db.read, idIn(path))
export async function seedOf(t: TestTown, path: string): Promise<string | undefined> {
  const { id } = await periodOf(t, path)
  const [row] = await t.town.db.read.select().from(leisureDraws).where(eq(leisureDraws.periodId, id))
  return row?.seed
}

/** What a visitor's browser would send as its cookies after this answer. */
export const cookiesOf = (answer: { headers: Record<string, unknown> }): string =>
  ((answer.headers['set-cookie'] as string[] | undefined) ?? []).map(line => line.split(';')[0]).join('; ')

/** The ticket that this answer hands out. */
export const ticketOf = (answer: { headers: Record<string, unknown> }): string | undefined =>
  /salle-[\w-]+=([^;]+)/.exec(cookiesOf(answer))?.[1]

/** Another browser of the same family. */
export async function otherDevice(t: TestTown, family: Family): Promise<Visitor> {
  const visitor = t.visitor()
  await visitor.post('/api/v1/sessions').send({ email: family.email, password: family.password }).expect(201)
  return visitor
}

/** What this browser sends as its cookies. */
export function cookieHeader(visitor: Visitor): string {
  const { jar } = visitor as unknown as { jar: { getCookies(of: object): { toValueString(): string } } }
  return jar.getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false }).toValueString()
}
