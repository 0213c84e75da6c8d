import { z } from 'zod'
import { type Actor, type Clerk, clerkAmong } from '../../kernel/actor.ts'
import { dayField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { lineField } from '../planning/form-fields.ts'
import { PARTS } from '../schema.ts'
import { note } from './note.ts'
import { countsOf, type Register, registerOf, registersOfCentre, staffCheckOf } from './register.ts'

const tag = 'Leisure centres: staff'
const dayText = dayField.meta({ type: 'string', format: 'date', example: '2026-12-21' })
const params = z.object({ groupId: z.string().max(64), day: dayText })
const instant = z.iso.datetime({ offset: true }).nullable()

const register = z
  .object({
    groupId: z.string(),
    day: z.iso.date(),
    signedUp: z.int(),
    present: z.int(),
    left: z.int(),
    absent: z.int(),
    expected: z.int(),
    /** The whole centre's: groups share its staff. */
    staff: z.object({ counting: z.int(), needed: z.int(), neededWhenAll: z.int() }).nullable(),
    children: z.array(
      z.object({
        id: z.string(),
        firstName: z.string(),
        lastName: z.string(),
        age: z.int(),
        signedUp: z.boolean(),
        part: z.enum(PARTS),
        meal: z.boolean(),
        standing: z.enum(['expected', 'present', 'left', 'absent']),
        arrivedAt: instant,
        leftAt: instant,
        collectedBy: z.string().nullable(),
        version: z
          .string()
          .meta({ description: 'Send it back with what you note: a colleague’s note is never undone' }),
      }),
    ),
  })
  .meta({ id: 'LeisureRegister' })

const noted = z.object({
  present: z.boolean().nullable().meta({ description: 'null: nothing is noted yet' }),
  arrivedAt: instant.default(null),
  leftAt: instant.default(null),
  collectedBy: lineField(120).nullable().default(null),
  version: z.string().max(80),
})

/** Registers for programs, by the same use cases as the pages. */
export function registersApi(town: Town): Endpoint[] {
  const { read } = town.db
  const staff = (actor: Actor): Clerk => clerkAmong(actor, 'leisure')
  return [
    endpoint({
      method: 'get',
      path: '/leisure/registers/{groupId}/{day}',
      tag,
      summary: 'Who is signed up for a group on a day, who is there, and whether the centre’s staff is enough',
      params,
      answer: register,
      problems: ['not-found'],
      handle: async ({ actor, params: { groupId, day } }) => {
        staff(actor)
        const found = await registerOf(read, groupId, day)
        const check = await staffCheckOf(read, await registersOfCentre(read, found.centre.id, day))
        return { ...shown(found), staff: check?.staff ? staffShown(check.now) : null }
      },
    }),
    endpoint({
      method: 'put',
      path: '/leisure/registers/{groupId}/{day}/{childId}',
      tag,
      summary: 'Note whether a child of the register is there, from when to when, and who collected it',
      params: params.extend({ childId: z.string().max(64) }),
      body: noted,
      problems: ['not-found', 'register-changed', 'invalid'],
      handle: async ({ actor, params: asked, body }) => {
        const at = (text: string | null) => (text === null ? null : Temporal.Instant.from(text))
        const { present, collectedBy, version } = body
        const wanted =
          present === null ? null : { present, arrivedAt: at(body.arrivedAt), leftAt: at(body.leftAt), collectedBy }
        await note(town, staff(actor), { ...asked, shown: version }, { do: 'set', noted: wanted })
      },
    }),
  ]
}

const staffShown = ({
  counting,
  needed,
  whenAll,
}: {
  counting: number
  needed: number
  whenAll: { needed: number }
}) => ({
  counting,
  needed,
  neededWhenAll: whenAll.needed,
})

const shown = ({ group, day, rows }: Register) => ({
  groupId: group.id,
  day: day.toString(),
  ...countsOf(rows),
  children: rows.map(row => ({
    id: row.child.id,
    firstName: row.child.firstName,
    lastName: row.child.lastName,
    age: row.age,
    signedUp: row.signedUp,
    part: row.part,
    meal: row.meal,
    standing: row.standing,
    arrivedAt: row.noted?.arrivedAt?.toString() ?? null,
    leftAt: row.noted?.leftAt?.toString() ?? null,
    collectedBy: row.noted?.collectedBy ?? null,
    version: row.shown,
  })),
})
