import { z } from 'zod'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { acceptChild, childrenToCheck, childToCheck, joinChild, refuseChild } from './child-checks.ts'
import { correctForm, correctQuotient } from './correct-quotient.ts'
import { decideCustody, declarationsToCheck, refuseCustody } from './custody-declarations.ts'
import { custodyForm, custodyWish } from './custody-terms.ts'
import { createFamily, familyForClerk, newFamilyForm, separateAdult } from './desk-family.ts'
import { searchFamilies } from './family-search.ts'
import { linesField } from './forms.ts'
import { correctResidency, writePayer } from './household.ts'
import { confirmForm, confirmQuotient, quotientsToCheck, refuseForm, refuseQuotient } from './quotients.ts'
import { FAMILY_SERVICES } from './store.ts'

const id = z.string()
const day = z.iso.date()
const family = z.object({ householdId: id })
const quotient = z.object({ quotientId: id })
const reason = z.object({ refusal: linesField(500) })
const found = z
  .object({
    householdId: id,
    adults: z.array(z.object({ name: z.string(), phone: z.string().nullable() })),
    children: z.array(z.object({ name: z.string(), birthDate: day.nullable() })),
  })
  .meta({ id: 'FoundFamily' })
const childCheck = z.object({
  householdId: id,
  since: z.iso.datetime(),
  child: z.object({ id, firstName: z.string(), lastName: z.string(), birthDate: day }),
})

const custodyTerms = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alternating-weeks'), firstWeek: day }),
  z.object({ kind: z.literal('even-and-odd-weeks'), evenWeeks: z.enum(['first', 'second']), changeOver: z.int() }),
  z.object({ kind: z.literal('percentage'), firstShare: z.int().meta({ description: 'Basis points' }) }),
])

/** What the clerks who serve families do with them; to others these addresses do not exist. */
export function deskFamilyApi(town: Town): Endpoint[] {
  const db = town.db.read
  const tag = 'families'
  const ours = (actor: Actor) => clerkAmong(actor, ...FAMILY_SERVICES)
  return [
    endpoint({
      method: 'get',
      path: '/families',
      tag,
      summary: 'Find families by name, telephone, e-mail or birth date, in any order; each search is written down',
      query: z.object({ q: z.string().min(1).max(200) }),
      answer: z.object({ families: z.array(found), more: z.boolean() }),
      handle: ({ actor, query }) => searchFamilies(town, ours(actor), query.q),
    }),
    endpoint({
      method: 'post',
      path: '/families',
      tag,
      summary: 'Make a household for somebody at the counter, who needs no e-mail',
      body: newFamilyForm,
      status: 201,
      answer: z.object({ householdId: id }),
      handle: ({ actor, body, idempotencyKey }) => createFamily(town, ours(actor), body, idempotencyKey),
    }),
    endpoint({
      method: 'get',
      path: '/families/{householdId}',
      tag,
      summary: 'All of a family that this clerk may see; each look is written down',
      params: family,
      handle: ({ actor, params }) => familyForClerk(town, ours(actor), params.householdId),
    }),
    endpoint({
      method: 'put',
      path: '/families/{householdId}/addresses/{addressId}/residency',
      tag,
      summary: 'Say whether an address counts as in the town',
      params: family.extend({ addressId: id }),
      body: z.object({ resident: z.boolean() }),
      handle: ({ actor, params, body }) => {
        const clerk = ours(actor)
        const householdId = params.householdId as Id<'household'>
        return town.db.transaction(tx =>
          correctResidency(tx, town, clerk, householdId, params.addressId, body.resident),
        )
      },
    }),
    endpoint({
      method: 'put',
      path: '/families/{householdId}/payer',
      tag,
      summary: 'Say which adult the invoices go to',
      params: family,
      body: z.object({ payerId: id }),
      handle: ({ actor, params, body }) => {
        const clerk = ours(actor)
        const householdId = params.householdId as Id<'household'>
        return town.db.transaction(tx => writePayer(tx, town, clerk, householdId, body.payerId))
      },
    }),
    endpoint({
      method: 'post',
      path: '/families/{householdId}/adults/{personId}/separation',
      tag,
      summary: 'Give an adult a household of their own',
      params: family.extend({ personId: id }),
      status: 201,
      answer: z.object({ householdId: id }),
      problems: ['last-adult'],
      handle: ({ actor, params }) => separateAdult(town, ours(actor), params.householdId, params.personId),
    }),
    endpoint({
      method: 'post',
      path: '/families/{householdId}/children/{childId}/custodies',
      tag,
      summary: 'Share a child between this household, the first, and another; settles a declaration when one is named',
      params: family.extend({ childId: id }),
      body: custodyForm.extend({ secondHouseholdId: z.string().default(''), declarationId: id.optional() }),
      problems: ['already-decided'],
      handle: ({ actor, params, body }) =>
        decideCustody(town, ours(actor), {
          ...custodyWish(body),
          childId: params.childId,
          firstHouseholdId: params.householdId as Id<'household'>,
          secondHouseholdId: body.secondHouseholdId,
          ...(body.declarationId ? { declarationId: body.declarationId } : {}),
        }),
    }),
    endpoint({
      method: 'get',
      path: '/family-checks',
      tag,
      summary: 'Children and custodies that wait for a clerk, oldest first',
      answer: z.object({
        children: z.array(childCheck),
        custodies: z.array(z.object({ id, childId: id, householdId: id, from: day, terms: custodyTerms })),
      }),
      handle: async ({ actor }) => {
        ours(actor)
        return { children: await childrenToCheck(db), custodies: await declarationsToCheck(db) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/family-checks/{householdId}/children/{childId}',
      tag,
      summary: 'A child to check, with those it may be',
      params: family.extend({ childId: id }),
      handle: async ({ actor, params }) => {
        ours(actor)
        return childToCheck(db, params.householdId, params.childId)
      },
    }),
    endpoint({
      method: 'post',
      path: '/family-checks/{householdId}/children/{childId}/acceptance',
      tag,
      summary: 'It is another child: the family may book',
      params: family.extend({ childId: id }),
      problems: ['already-decided'],
      handle: ({ actor, params }) => acceptChild(town, ours(actor), params.householdId, params.childId),
    }),
    endpoint({
      method: 'post',
      path: '/family-checks/{householdId}/children/{childId}/union',
      tag,
      summary: 'It is the same child as one known: both homes share it',
      params: family.extend({ childId: id }),
      body: custodyForm.extend({ knownChildId: id }),
      problems: ['already-decided', 'child-shared'],
      handle: ({ actor, params, body }) =>
        joinChild(town, ours(actor), { ...params, knownChildId: body.knownChildId, ...custodyWish(body) }),
    }),
    endpoint({
      method: 'post',
      path: '/family-checks/{householdId}/children/{childId}/refusal',
      tag,
      summary: 'The family may not add this child, and reads why',
      params: family.extend({ childId: id }),
      body: reason,
      problems: ['already-decided'],
      handle: ({ actor, params, body }) =>
        refuseChild(town, ours(actor), params.householdId, params.childId, body.refusal),
    }),
    endpoint({
      method: 'post',
      path: '/family-checks/custodies/{declarationId}/refusal',
      tag,
      summary: 'Refuse a declared custody; the family reads why',
      params: z.object({ declarationId: id }),
      body: reason,
      problems: ['already-decided'],
      handle: ({ actor, params, body }) => refuseCustody(town, ours(actor), params.declarationId, body.refusal),
    }),
    endpoint({
      method: 'get',
      path: '/quotient-checks',
      tag,
      summary: 'Quotients that wait for a clerk, oldest first',
      answer: z.array(z.object({ id, householdId: id, value: z.int(), from: day, createdAt: z.iso.datetime() })),
      handle: async ({ actor }) => {
        ours(actor)
        const waiting = await quotientsToCheck(db)
        return waiting.map(({ id, householdId, value, from, createdAt }) => ({
          id,
          householdId,
          value,
          from,
          createdAt,
        }))
      },
    }),
    endpoint({
      method: 'post',
      path: '/quotient-checks/{quotientId}/confirmation',
      tag,
      summary: 'Confirm a quotient: `value` in euros as the proof says, `to` its last day',
      params: quotient,
      body: confirmForm,
      problems: ['quotient-decided'],
      handle: ({ actor, params, body }) => confirmQuotient(town, ours(actor), params.quotientId, body),
    }),
    endpoint({
      method: 'post',
      path: '/quotient-checks/{quotientId}/refusal',
      tag,
      summary: 'Refuse a quotient; the family reads why',
      params: quotient,
      body: refuseForm,
      problems: ['quotient-decided'],
      handle: ({ actor, params, body }) => refuseQuotient(town, ours(actor), params.quotientId, body.refusal),
    }),
    endpoint({
      method: 'post',
      path: '/quotient-checks/{quotientId}/correction',
      tag,
      summary:
        'Put right a confirmed quotient (`seen`: its value before, in cents); the next invoice takes the difference',
      params: quotient,
      body: correctForm,
      problems: ['quotient-not-confirmed', 'stale-page'],
      handle: ({ actor, params, body }) => correctQuotient(town, ours(actor), params.quotientId, body),
    }),
  ]
}
