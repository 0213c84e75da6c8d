import { type Response, Router } from 'express'
import { services } from '../kernel/actor.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { administratorOf } from '../web/asker.ts'
import { goOn, type Refusal, refused, typedIn, wordsOf } from '../web/form-page.ts'
import { pageErrors, parse } from '../web/forms.ts'
import { changeRights, clerkById, clerksOf, disableClerk, enableClerk, inviteAgain, rightsForm } from './clerk-admin.ts'
import { clerkForm, createClerk } from './clerks.ts'

const PATH = '/guichet/reglages/agents'
const nameFields = ['firstName', 'lastName', 'email'] as const

/** The clerks and what each may do: for administrators. */
export function clerkPages(town: Town): Router {
  const { render } = town
  const { read } = town.db
  const router = Router()

  router.get(PATH, async (_req, res) => {
    administratorOf(res)
    render.page(res, 'access/clerks', { clerks: await clerksOf(read) })
  })

  router.get(`${PATH}/nouveau`, (_req, res) => {
    administratorOf(res)
    newPage(res, {}, undefined)
  })
  router.post(`${PATH}/nouveau`, async (req, res) => {
    const administrator = administratorOf(res)
    const wanted = { ...typedIn(req.body, nameFields), ...rightsTyped(req.body) }
    const refusal = await refusedHere(res, async () => {
      await createClerk(town, administrator, parse(clerkForm, wanted))
    })
    if (refusal) return newPage(res, wanted, refusal)
    const text = wordsOf(town, res).t('settings:clerks.sent', { email: wanted.email })
    await goOn(req, res, PATH, { kind: 'success', text })
  })

  router.get(`${PATH}/:id`, async (req, res) => {
    administratorOf(res)
    await onePage(res, req.params.id, undefined, undefined)
  })
  router.post(`${PATH}/:id`, async (req, res) => {
    const administrator = administratorOf(res)
    const { id, name } = await clerkById(read, req.params.id)
    const wanted = rightsTyped(req.body)
    const refusal = await refusedHere(res, () => changeRights(town, administrator, id, parse(rightsForm, wanted)))
    if (refusal) return onePage(res, id, wanted, refusal)
    // Whoever gave up their own right no longer sees these pages.
    const self = id === administrator.accountId && !wanted.administrator
    const text = wordsOf(town, res).t('settings:clerks.saved', { name })
    await goOn(req, res, self ? '/guichet' : PATH, { kind: 'success', text })
  })

  const acts = { fermer: disableClerk, rouvrir: enableClerk, inviter: inviteAgain }
  const done = {
    fermer: 'settings:clerks.disabled',
    rouvrir: 'settings:clerks.enabled',
    inviter: 'settings:clerks.invited',
  }
  for (const act of ['fermer', 'rouvrir', 'inviter'] as const) {
    router.post(`${PATH}/:id/${act}`, async (req, res) => {
      const administrator = administratorOf(res)
      const { id, name } = await clerkById(read, req.params.id)
      const refusal = await refusedHere(res, () => acts[act](town, administrator, id))
      if (refusal) return onePage(res, id, undefined, refusal)
      const self = id === administrator.accountId
      const text = wordsOf(town, res).t(done[act], { name })
      await goOn(req, res, self ? '/guichet' : PATH, { kind: 'success', text })
    })
  }

  /** As `refused`, and what conflicts with how things stand is said on the form too, where nothing typed is lost. */
  async function refusedHere(res: Response, action: () => Promise<unknown>): Promise<Refusal | undefined> {
    try {
      return await refused(res, town, action)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      const field = error.code === 'account-exists' ? 'email' : ''
      return { status: 409, errors: pageErrors(res, town.languages, [{ field, code: error.code }]) }
    }
  }

  function newPage(res: Response, wanted: Partial<ReturnType<typeof rightsTyped>>, refusal: Refusal | undefined) {
    const blank = { firstName: '', lastName: '', email: '', services: [], administrator: false }
    const view = { typed: { ...blank, ...wanted }, services: choices(res), errors: refusal?.errors ?? [] }
    render.page(res, 'access/clerk-new', view, refusal?.status)
  }

  async function onePage(
    res: Response,
    id: string,
    wanted: ReturnType<typeof rightsTyped> | undefined,
    refusal: Refusal | undefined,
  ) {
    const clerk = await clerkById(read, id)
    const view = {
      clerk,
      typed: wanted ?? { services: clerk.services, administrator: clerk.administrator },
      services: choices(res),
      base: `${PATH}/${clerk.id}`,
      self: clerk.id === administratorOf(res).accountId,
      errors: refusal?.errors ?? [],
    }
    render.page(res, 'access/clerk', view, refusal?.status)
  }

  const choices = (res: Response) =>
    services.map(value => ({ value, text: wordsOf(town, res).t(`settings:services.${value}`) }))

  return router
}

/** Ticked boxes come as a text, a list, or not at all. */
function rightsTyped(body: unknown): { services: string[]; administrator: boolean } {
  const { services: ticked, administrator } = (body ?? {}) as Record<string, unknown>
  return {
    services: (Array.isArray(ticked) ? ticked : [ticked]).filter(one => typeof one === 'string'),
    administrator: administrator === 'yes',
  }
}
