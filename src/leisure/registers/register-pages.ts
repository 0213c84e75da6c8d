import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { isoDay } from '../../kernel/days.ts'
import { notFound, Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { listTyped } from '../planning/desk-parts.ts'
import { addChild, childrenToAdd, wayNamed, wayOf, waysToCome } from './add-child.ts'
import { marksOf } from './marks.ts'
import { note } from './note.ts'
import { type Register, registerOf, registersOfCentre, staffCheckOf, whenOf } from './register.ts'
import { shownAs } from './register-rules.ts'
import { openDaysBeside } from './register-store.ts'
import {
  figuresTold,
  marksTold,
  missingInShort,
  notedTold,
  registerPath,
  staffTold,
  stayTold,
} from './register-view.ts'

export const REGISTER = '/guichet/loisirs/presences/:groupId/:day'
type OfRegister = Request<{ groupId: string; day: string }>

/** The register that an address names. Throws 404. */
export async function registerAsked(town: Town, params: { groupId: string; day: string }): Promise<Register> {
  const day = isoDay(params.day)
  if (!day) throw notFound()
  return registerOf(town.db.read, params.groupId, day)
}

const search = z.object({ q: z.string().max(80).default('') })

/** The register of a group on a day, to tick on a tablet: one tap says who is there. */
export function registerPages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  router.get(REGISTER, async (req: OfRegister, res) => {
    clerkOf(res, 'leisure')
    await showRegister(req, res, await registerAsked(town, req.params))
  })

  /** Who was shown as expected and still is, is absent. Whoever came meanwhile stays there. */
  router.post(`${REGISTER}/absents`, async (req: OfRegister, res) => {
    const clerk = clerkOf(res, 'leisure')
    const register = await registerAsked(town, req.params)
    const { group, day } = register
    const shown = shownAs(undefined)
    const refusal = await refused(res, town, async () => {
      for (const childId of listTyped(req.body, 'child').slice(0, 400)) await absentIfExpected(childId)
    })
    async function absentIfExpected(childId: string) {
      try {
        await note(town, clerk, { groupId: group.id, day, childId, shown }, { do: 'absent' })
      } catch (error) {
        if (!(error instanceof Problem && (error.status === 409 || error.status === 404))) throw error
      }
    }
    if (refusal) return showRegister(req, res, register, refusal)
    const text = wordsOf(town, res).t('leisure-register:register.restNoted')
    await goOn(req, res, registerPath(group.id, day), { kind: 'success', text })
  })

  router.post(`${REGISTER}/ajouter`, async (req: OfRegister, res) => {
    const clerk = clerkOf(res, 'leisure')
    const register = await registerAsked(town, req.params)
    const { group, day } = register
    const childId = typed(req.body, 'childId')
    const refusal = await refused(res, town, async () => {
      const way = wayNamed(register, typed(req.body, 'way')) ?? waysToCome(register)[0]
      if (!way) throw notFound()
      const householdId = typed(req.body, 'householdId')
      await addChild(town, clerk, { groupId: group.id, day, childId, householdId, way })
    })
    if (refusal) return showRegister(req, res, register, refusal)
    const text = wordsOf(town, res).t('leisure-register:add.done')
    await goOn(req, res, registerPath(group.id, day), { kind: 'success', text })
  })

  async function showRegister(
    req: OfRegister,
    res: Response,
    register: Register,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const clerk = clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const { centre, group, period, day, rows } = register
    const when = whenOf(town, day)
    const marks = await marksOf(read, rows, day, clerk.services.includes('leisure'))
    const { q } = req.method === 'GET' ? parse(search, req.query) : { q: typed(req.body, 'q').slice(0, 80) }
    const listed = new Set<string>(rows.map(({ child }) => child.id))
    const found = q.trim() === '' || when === 'to-come' ? [] : await childrenToAdd(town, clerk, day, q, listed)
    const path = registerPath(group.id, day)
    const all = await registersOfCentre(read, centre.id, day)
    const view = {
      at: path,
      back: `/guichet/loisirs/presences?centre=${centre.id}&jour=${day}`,
      centre: centre.name,
      group: group.name,
      period: period.name,
      day,
      when,
      beside: await openDaysBeside(read, centre.id, day),
      groupId: group.id,
      figures: figuresTold(words, rows),
      staff: staffTold(words, await staffCheckOf(read, all)),
      rows: rows.map(row => ({
        id: row.child.id,
        href: `${path}/enfants/${row.child.id}`,
        lastName: row.child.lastName,
        firstName: row.child.firstName,
        age: words.t('leisure-register:age', { count: row.age }),
        stay: row.signedUp ? stayTold(words, row) : words.t('leisure-register:notSignedUp'),
        standing: row.standing,
        shown: row.shown,
        noted: notedTold(words, row.noted),
        tags: marksTold(words, marks.get(row.child.id)),
        missing: missingInShort(words, marks.get(row.child.id)),
      })),
      expected: rows.filter(({ standing }) => standing === 'expected').map(({ child }) => child.id),
      q,
      ways: waysToCome(register).map(way => ({
        value: wayOf(way),
        text: stayTold(words, way),
      })),
      found: found.map(({ child, householdId, parents }) => ({
        childId: child.id,
        householdId,
        name: `${child.firstName} ${child.lastName}`,
        born: words.t('leisure-register:add.born', { day: words.f.day(child.birthDate) }),
        parents: words.t('leisure-register:add.with', { parents: words.f.list(parents) }),
      })),
      others: all
        .filter(one => one.group.id !== group.id)
        .map(one => ({ href: registerPath(one.group.id, day), name: one.group.name })),
      errors,
    }
    town.render.page(res, 'leisure/register', view, status)
  }
  return router
}
