import { Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { wordsOf } from '../web/form-page.ts'
import { allComingDays, allToDos } from './dashboard.ts'
import type { PeopleParts } from './parts.ts'
import { childrenOf, guardiansOf, householdOf } from './store.ts'
import { schoolTold } from './told.ts'

/** « Mon espace »: what to do first, then the next days of each child, then the money. */
export function dashboardPages(town: Town, parts: PeopleParts): Router {
  const db = town.db.read
  const router = Router()
  router.get('/accueil', async (_req, res) => {
    const asker = signedIn(res)
    if (asker.kind === 'clerk') return res.redirect(303, '/guichet')
    const householdId = await householdOf(db, asker)
    const words = wordsOf(town, res)
    const asked = { town, actor: asker, householdId, words }
    const coming = await allComingDays(parts.comingDays, asked)
    const schools = await parts.schools(db)
    const today = dayInParis(town.clock.now())
    const me = (await guardiansOf(db, householdId)).find(({ id }) => id === asker.personId)
    town.render.page(res, 'people/dashboard', {
      firstName: me?.firstName ?? '',
      todos: (await allToDos(parts.toDos, asked)).map(({ text, action, href }) => ({
        text,
        action,
        href,
      })),
      children: (await childrenOf(db, householdId)).map(child => ({
        id: child.id,
        name: child.firstName,
        school: schoolTold(child.schoolings, schools, today) ?? '',
        days: (coming.get(child.id) ?? []).map(({ day, text, tone }) => ({
          iso: day.toString(),
          day: words.f.shortDay(day),
          text,
          tone,
        })),
      })),
      amounts: await parts.amounts(asked),
    })
  })
  return router
}
