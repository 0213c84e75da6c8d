import { Router } from 'express'
import { desc, eq } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { askerOf, signedIn } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { siblings } from './children.ts'
import { typedDay, typedParts } from './forms.ts'
import { addressForm, changeAddress, changeContact, changePayer, contactForm } from './household.ts'
import {
  acceptInvitation,
  invitationOf,
  inviteAdult,
  inviteForm,
  openInvitations,
  withdrawInvitation,
} from './invitations.ts'
import type { PeopleParts } from './parts.ts'
import { quotientsOf } from './quotients.ts'
import { addressOn, shownPhone } from './rules.ts'
import { householdAddresses } from './schema.ts'
import { childrenOf, guardiansOf, householdOf, payerOf } from './store.ts'
import { quotientTold, schoolTold } from './told.ts'

/** « Ma famille »: who is in it, where it lives, what is missing; and the second adult's way in. */
export function familyPages(town: Town, parts: PeopleParts): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()

  router.get('/famille', async (_req, res) => {
    const asker = signedIn(res)
    const householdId = await householdOf(db, asker)
    const words = wordsOf(town, res)
    const now = town.clock.now()
    const today = dayInParis(now)
    const guardians = await guardiansOf(db, householdId)
    const payer = await payerOf(db, householdId)
    const schools = await parts.schools(db)
    const checked = new Map((await childrenOf(db, householdId)).map(child => [child.id, child]))
    const address = addressOn(await addressesOf(householdId), today)
    const quotient = quotientTold(await quotientsOf(db, householdId), now)
    const invitations = await openInvitations(db, householdId, now)
    render.page(res, 'people/family', {
      adults: guardians.map(one => ({
        id: one.id,
        name: `${one.firstName} ${one.lastName}`,
        you: one.id === asker.personId,
        phone: one.phone && shownPhone(one.phone),
        pays: one.id === payer.id,
      })),
      children: (await siblings(db, householdId)).map(child => {
        const known = checked.get(child.id)
        return {
          id: child.id,
          name: `${child.firstName} ${child.lastName}`,
          school: known && schoolTold(known.schoolings, schools, today),
          shared: known?.custody !== undefined,
          status: !child.confirmed ? 'to-check' : known && known.schoolings.length > 0 ? 'done' : 'to-do',
        }
      }),
      address: address && [...address.lines, `${address.postcode} ${address.city}`].join(', '),
      resident: address?.resident ?? false,
      quotient: quotient.state,
      quotientValue: quotient.counts && words.f.money(quotient.counts.value),
      invitations: invitations.map(({ id, email, expiresAt }) => ({
        id,
        email,
        until: words.f.day(dayInParis(expiresAt)),
      })),
    })
  })

  const addressesOf = (householdId: Id<'household'>) =>
    db
      .select()
      .from(householdAddresses)
      .where(eq(householdAddresses.householdId, householdId))
      .orderBy(desc(householdAddresses.from))

  const addressPage = async (res: Parameters<typeof signedIn>[0], view: object, status = 200) => {
    const householdId = await householdOf(db, signedIn(res))
    const { f } = wordsOf(town, res)
    const history = (await addressesOf(householdId)).map(one => ({
      text: [...one.lines, `${one.postcode} ${one.city}`].join(', '),
      from: f.day(one.from),
      resident: one.resident,
    }))
    const from = dayInParis(town.clock.now())
    render.page(res, 'people/address', { form: { lines: '', postcode: '', city: '', from }, ...view, history }, status)
  }
  router.get('/famille/adresse', (_req, res) => addressPage(res, {}))
  router.post('/famille/adresse', async (req, res) => {
    let resident = false
    const refusal = await refused(res, town, async () => {
      const sent = { ...req.body, from: typedDay(req.body ?? {}, 'from') || undefined }
      resident = (await changeAddress(town, signedIn(res), parse(addressForm, sent))).resident
    })
    if (refusal) {
      const form = { ...typedIn(req.body, ['lines', 'postcode', 'city']), from: typedParts(req.body ?? {}, 'from') }
      return addressPage(res, { form, errors: refusal.errors }, refusal.status)
    }
    const params = { town: town.config.town.shortName }
    const text = wordsOf(town, res).t(resident ? 'people:address.savedHere' : 'people:address.savedElsewhere', params)
    await goOn(req, res, '/famille', { kind: 'success', text })
  })

  const contactPage = (res: Parameters<typeof signedIn>[0], form: object, errors: readonly object[], status = 200) =>
    render.page(
      res,
      'people/contact',
      { form, errors, choices: town.languages.list.map(({ code, name }) => ({ value: code, text: name, lang: code })) },
      status,
    )
  router.get('/famille/moi', async (_req, res) => {
    const asker = signedIn(res)
    const householdId = await householdOf(db, asker)
    const me = (await guardiansOf(db, householdId)).find(({ id }) => id === asker.personId)
    if (!me) throw notFound()
    contactPage(res, { ...me, phone: me.phone ? shownPhone(me.phone) : '' }, [])
  })
  router.post('/famille/moi', async (req, res) => {
    const asker = signedIn(res)
    await householdOf(db, asker)
    const refusal = await refused(res, town, () => changeContact(town, asker, parse(contactForm, req.body)))
    if (refusal) {
      const form = typedIn(req.body, ['firstName', 'lastName', 'phone', 'language'])
      return contactPage(res, form, refusal.errors, refusal.status)
    }
    await goOn(req, res, '/famille', { kind: 'success', text: wordsOf(town, res).t('people:contact.saved') })
  })

  router.post('/famille/payeur', async (req, res) => {
    await changePayer(town, signedIn(res), typed(req.body, 'payerId'))
    await goOn(req, res, '/famille', { kind: 'success', text: wordsOf(town, res).t('people:family.payerSaved') })
  })

  router.get('/famille/adultes/inviter', async (_req, res) => {
    await householdOf(db, signedIn(res))
    render.page(res, 'people/invite', { email: '' })
  })
  router.post('/famille/adultes/inviter', async (req, res) => {
    const email = typed(req.body, 'email')
    const refusal = await refused(res, town, () => inviteAdult(town, signedIn(res), parse(inviteForm, req.body).email))
    if (refusal) return render.page(res, 'people/invite', { email, errors: refusal.errors }, refusal.status)
    const text = wordsOf(town, res).t('people:invite.sent', { email })
    await goOn(req, res, '/famille', { kind: 'success', text })
  })
  router.post('/famille/adultes/annuler', async (req, res) => {
    await withdrawInvitation(town, signedIn(res), typed(req.body, 'invitation'))
    await goOn(req, res, '/famille', { kind: 'success', text: wordsOf(town, res).t('people:invite.withdrawn') })
  })

  router.get('/invitation/:secret', async (req, res) => {
    try {
      const { inviter } = await invitationOf(db, town.clock.now(), req.params.secret)
      const signed = askerOf(res).kind === 'resident'
      if (!signed) req.session.afterSignIn = req.originalUrl
      render.page(res, 'people/invitation', { inviter, signed })
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      render.page(res, 'people/invitation-over', {}, 410)
    }
  })
  router.post('/invitation/:secret', async (req, res) => {
    const asker = signedIn(res)
    try {
      await acceptInvitation(town, parts.holdsOf, asker, req.params.secret)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      return render.page(res, 'people/invitation-over', {}, 410)
    }
    await goOn(req, res, '/famille', { kind: 'success', text: wordsOf(town, res).t('people:invitation.joined') })
  })
  return router
}
