import { type Response, Router } from 'express'
import { z } from 'zod'
import { accounts } from '../access/schema.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { compareNames } from '../people/rules.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { parse } from '../web/forms.ts'
import { schoolIdsOf, setClerkSchools } from './clerk-schools.ts'
import { schoolsOf } from './store.ts'

const form = z.object({
  schools: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform(value => (value === undefined ? [] : Array.isArray(value) ? value : [value])),
})

/** Which clerk runs the lists of which schools: for administrators. */
export function clerkSchoolsPages(town: Town): Router {
  const { read } = town.db
  const router = Router()
  const administrator = (res: Response) => {
    const clerk = clerkOf(res)
    if (!clerk.administrator) throw notFound()
    return clerk
  }

  router.get('/guichet/ecoles/agents', async (_req, res) => {
    administrator(res)
    const names = new Map((await schoolsOf(read)).map(({ id, name }) => [id, name]))
    const clerks = []
    for (const clerk of await canteenClerks()) {
      const own = [...(await schoolIdsOf(read, clerk.id))].map(id => names.get(id) ?? '')
      clerks.push({ ...clerk, schools: own.sort(compareNames) })
    }
    town.render.page(res, 'schools/clerks', { clerks })
  })

  router.get('/guichet/ecoles/agents/:id', async (req, res) => {
    administrator(res)
    const clerk = await canteenClerk(req.params.id)
    town.render.page(res, 'schools/clerk', {
      clerk,
      chosen: [...(await schoolIdsOf(read, clerk.id))],
      schools: (await schoolsOf(read))
        .filter(({ canteen }) => canteen)
        .map(({ id, name }) => ({ value: id, text: name })),
    })
  })

  router.post('/guichet/ecoles/agents/:id', async (req, res) => {
    const asker = administrator(res)
    const clerk = await canteenClerk(req.params.id)
    await setClerkSchools(town, asker, clerk.id, parse(form, req.body).schools)
    const { t } = town.languages.for(String(res.locals['language'] ?? 'fr'))
    flash(req, { kind: 'success', text: t('schools:clerks.saved') })
    res.redirect(303, '/guichet/ecoles/agents')
  })

  async function canteenClerks(): Promise<{ id: Id<'account'>; name: string }[]> {
    const rows = await read
      .select({
        id: accounts.id,
        services: accounts.services,
        administrator: accounts.administrator,
        firstName: persons.firstName,
        lastName: persons.lastName,
      })
      .from(accounts)
      .innerJoin(persons, eq(persons.id, accounts.personId))
      .where(and(eq(accounts.clerk, true), isNull(accounts.disabledAt)))
    return rows
      .filter(({ services, administrator }) => services.includes('canteen') && !administrator)
      .map(({ id, firstName, lastName }) => ({ id, name: `${firstName} ${lastName}` }))
      .sort((a, b) => compareNames(a.name, b.name))
  }

  async function canteenClerk(id: string) {
    const clerk = (await canteenClerks()).find(each => each.id === id)
    if (!clerk) throw notFound()
    return clerk
  }
  return router
}
