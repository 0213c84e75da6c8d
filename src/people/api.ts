import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { mustBeThere, readUpload } from '../uploads/form.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { askerOf } from '../web/asker.ts'
import { parse } from '../web/forms.ts'
import { childFileApi } from './child-file-api.ts'
import {
  addChild,
  changeMeals,
  changeSchool,
  healthText,
  identityForm,
  MEAL_TYPES,
  mealsForm,
  newChildForm,
  renameChild,
  schoolForm,
  siblings,
} from './children.ts'
import { declareCustody } from './custody-declarations.ts'
import { custodyForm, custodyWish } from './custody-terms.ts'
import { deskFamilyApi } from './desk-api.ts'
import { viewHealth, writeHealth } from './health.ts'
import { addressForm, changeAddress } from './household.ts'
import { inviteAdult, inviteForm } from './invitations.ts'
import type { PeopleParts } from './parts.ts'
import { addPickupPerson, pickupForm, pickupPersonsOf, removePickupPerson } from './pickup.ts'
import { quotientForm, quotientsOf, sendQuotient } from './quotients.ts'
import { removeChild } from './remove-child.ts'
import { LEVELS } from './schools.ts'
import { childOf, childrenOf, guardiansOf, householdOf, payerOf, pricingFacts } from './store.ts'

const id = z.string()
const day = z.iso.date()
const child = z.object({ childId: id })
const schooling = z.object({ schoolId: id, className: z.string(), from: day, to: day.nullable() })
const childAnswer = z
  .object({
    id,
    firstName: z.string(),
    lastName: z.string(),
    birthDate: day,
    /** The town has to look at this child first: nothing can be booked yet. */
    toCheck: z.boolean(),
    mealType: z.enum(MEAL_TYPES).nullable(),
    pai: z.boolean().nullable(),
    schoolings: z.array(schooling),
    /** Lives in two homes. */
    shared: z.boolean(),
  })
  .meta({ id: 'Child' })
const householdAnswer = z
  .object({
    id,
    payerId: id,
    adults: z.array(
      z.object({
        id,
        firstName: z.string(),
        lastName: z.string(),
        email: z.string().nullable(),
        phone: z.string().nullable(),
      }),
    ),
    children: z.array(childAnswer),
    addresses: z.array(
      z.object({
        from: day,
        lines: z.array(z.string()),
        postcode: z.string(),
        city: z.string(),
        resident: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Household' })
const quotientAnswer = z
  .object({
    id,
    /** In cents. */
    value: z.int(),
    from: day,
    to: day,
    state: z.enum(['to-check', 'confirmed', 'refused']),
    refusal: z.string().nullable(),
  })
  .meta({ id: 'FamilyQuotient' })

/** A family as its adults' programs read and change it. */
export function peopleApi(town: Town, parts: PeopleParts): Endpoint[] {
  const db = town.db.read
  const tag = 'family'
  return [
    endpoint({
      method: 'get',
      path: '/household',
      tag,
      summary: 'The household of who is signed in: adults, children, addresses',
      answer: householdAnswer,
      handle: async ({ actor }) => {
        const householdId = await householdOf(db, actor)
        const checked = new Map((await childrenOf(db, householdId)).map(one => [one.id, one]))
        const facts = (await pricingFacts(db, [householdId])).get(householdId)
        return {
          id: householdId,
          payerId: (await payerOf(db, householdId)).id,
          adults: (await guardiansOf(db, householdId)).map(({ language: _, ...adult }) => adult),
          children: (await siblings(db, householdId)).map(({ confirmed, ...one }) => {
            const known = checked.get(one.id)
            const { mealType = null, pai = null, schoolings = [] } = known ?? {}
            return { ...one, toCheck: !confirmed, mealType, pai, schoolings, shared: known?.custody !== undefined }
          }),
          addresses: facts?.residency ?? [],
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/household/addresses',
      tag,
      summary: 'Say where the household lives, from a day on (today without)',
      body: addressForm,
      status: 201,
      answer: z.object({ resident: z.boolean() }),
      handle: ({ actor, body }) => changeAddress(town, actor, body),
    }),
    endpoint({
      method: 'post',
      path: '/household/invitations',
      tag,
      summary: 'Invite another adult by e-mail',
      body: inviteForm,
      status: 202,
      problems: ['too-many-invitations'],
      handle: ({ actor, body }) => inviteAdult(town, actor, body.email),
    }),
    endpoint({
      method: 'get',
      path: '/schools/choices',
      tag,
      summary: 'The schools a child may go to, with their classes',
      answer: z.array(
        z.object({ id, name: z.string(), classes: z.array(z.object({ name: z.string(), level: z.string() })) }),
      ),
      handle: async () => parts.schools(db),
    }),
    endpoint({
      method: 'post',
      path: '/children',
      tag,
      summary: 'Add a child. The same Idempotency-Key adds one',
      body: newChildForm,
      status: 201,
      answer: z.object({ id, toCheck: z.boolean() }),
      problems: ['child-known'],
      handle: ({ actor, body, idempotencyKey }) => addChild(town, actor, body, idempotencyKey),
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/identity',
      tag,
      summary: 'Correct names or birth date',
      params: child,
      body: identityForm,
      problems: ['child-known', 'child-to-check'],
      handle: ({ actor, params, body }) => renameChild(town, actor, params.childId, body),
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/school',
      tag,
      summary: `Say the school, level (${LEVELS.join(', ')}) and class, from a day on`,
      params: child,
      body: schoolForm,
      handle: ({ actor, params, body }) => changeSchool(town, parts.schools, actor, params.childId, body),
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/meals',
      tag,
      summary: 'Say what the child eats, and whether there is a health plan (PAI)',
      params: child,
      body: mealsForm,
      handle: ({ actor, params, body }) => changeMeals(town, actor, params.childId, body),
    }),
    endpoint({
      method: 'get',
      path: '/children/{childId}/health',
      tag,
      summary: 'Read the health plan: each reading is written down',
      params: child,
      answer: z.object({ paiDetails: z.string().nullable() }),
      handle: async ({ actor, params }) => ({ paiDetails: await viewHealth(town, actor, params.childId) }),
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/health',
      tag,
      summary: 'Write what the health plan says',
      params: child,
      body: z.object({ paiDetails: healthText }),
      problems: ['no-pai'],
      handle: ({ actor, params, body }) => writeHealth(town, actor, params.childId, body.paiDetails),
    }),
    endpoint({
      method: 'get',
      path: '/children/{childId}/pickup-persons',
      tag,
      summary: 'Who may collect the child',
      params: child,
      answer: z.array(z.object({ id, name: z.string(), phone: z.string(), relationship: z.string() })),
      handle: async ({ actor, params }) => {
        const householdId = await householdOf(db, actor)
        return pickupPersonsOf(db, householdId, (await childOf(db, householdId, params.childId)).id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/children/{childId}/pickup-persons',
      tag,
      summary: 'Let somebody collect the child',
      params: child,
      body: pickupForm,
      status: 201,
      answer: z.object({ id }),
      problems: ['too-many-pickup'],
      handle: ({ actor, params, body, idempotencyKey }) =>
        addPickupPerson(town, actor, params.childId, body, idempotencyKey),
    }),
    endpoint({
      method: 'delete',
      path: '/children/{childId}/pickup-persons/{pickupId}',
      tag,
      summary: 'Take somebody off the list',
      params: child.extend({ pickupId: id }),
      handle: ({ actor, params }) => removePickupPerson(town, actor, params.childId, params.pickupId),
    }),
    endpoint({
      method: 'post',
      path: '/children/{childId}/custody-declarations',
      tag,
      summary: 'Declare a shared custody, for the town to confirm. Your household is the first',
      params: child,
      body: custodyForm,
      status: 202,
      handle: ({ actor, params, body }) => declareCustody(town, actor, params.childId, custodyWish(body)),
    }),
    endpoint({
      method: 'delete',
      path: '/children/{childId}',
      tag,
      summary: 'Take a child out of the household and forget it',
      params: child,
      problems: ['child-held', 'child-shared'],
      handle: ({ actor, params }) => removeChild(town, parts.holdsOf, actor, params.childId),
    }),
    endpoint({
      method: 'get',
      path: '/quotients',
      tag,
      summary: 'The household’s family quotients, newest first',
      answer: z.array(quotientAnswer),
      handle: async ({ actor }) => {
        const quotients = await quotientsOf(db, await householdOf(db, actor))
        return quotients.map(({ id, value, from, to, state, refusal }) => ({ id, value, from, to, state, refusal }))
      },
    }),
    {
      method: 'post',
      path: '/quotients',
      tag,
      summary: 'Send a quotient (`value`, in euros) with its proof (`proof`, a file) as multipart/form-data',
      body: z.object({ value: z.string().meta({ description: 'Euros, such as 640,00' }) }),
      status: 201,
      answer: z.object({ id, from: day }),
      problems: ['too-large'],
      handle: async (req, res) => {
        const actor = askerOf(res)
        await householdOf(db, actor)
        const upload = await readUpload(req, res, 'proof')
        const { value } = parse(quotientForm, req.body)
        const key = req.get('idempotency-key')
        const sent = await sendQuotient(town, actor, value, mustBeThere(upload, 'proof'), key)
        res.status(201).json({ ...sent, from: dayInParis(town.clock.now()) })
      },
    },
    ...childFileApi(town),
    ...deskFamilyApi(town),
  ]
}
