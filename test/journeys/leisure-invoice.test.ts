import assert from 'node:assert/strict'
import { centre, excuse, leisureTariff, register, signUp } from '../billing/leisure-month.ts'
import { bill, meals } from '../billing/month.ts'
import { type Family, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
await leisureTariff(t.town, { weekDiscount: 1_000, siblingReduction: 2_000 })
const park = await centre(t.town)
const WEEK = ['2026-10-19', '2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23']

/**
 * In October two meals of Inès, a whole week at the centre with her brother on the Tuesday, a Wednesday afternoon that she
 * missed, and one for which the town took her certificate.
 */
async function householdOfOctober(): Promise<Family> {
  const home = await family(t, { children: ['Inès', 'Malo'], quotient: 50_000, signedIn: false })
  await meals(t.town, { ...home, children: home.children.slice(0, 1) }, ['2026-10-05', '2026-10-06'])
  await signUp(t.town, park, home, WEEK, { unit: 'week' })
  await signUp(t.town, park, home, ['2026-10-20'], { child: 1 })
  const wednesdays = { unit: 'half-day', part: 'afternoon', meal: false } as const
  const missed = await signUp(t.town, park, home, ['2026-10-07', '2026-10-14'], wednesdays)
  for (const on of ['2026-10-07', '2026-10-14']) await register(t.town, park, home, on, false)
  await excuse(t.town, missed, ['2026-10-14'])
  return home
}
const families = [await householdOfOctober(), await householdOfOctober()]
await bill(t.town, '2026-10')
await t.settle()

journey(t, 'the month’s invoice tells canteen and centre of each child in one list, and is paid', async reader => {
  const home = families.shift() ?? assert.fail('one family for each telling')
  await t.signIn(reader.context, home.email, home.password)
  const letter = await t.letterTo(home.email, /facture d’octobre 2026/)
  await reader.goTo(linkIn(letter, '/factures/'))
  // 2 × 2,40 € of canteen; 5 × 10,80 €, and 7,00 € for what she missed; 9,60 € for her brother.
  await reader.sees('75,40 €', /Inès.*Cantine.*2 fois 2,40 €.*Centre.*5 fois 10,80 €.*Malo.*9,60 €/s)
  await reader.sees(/7,00 €/)
  await reader.unfold(/Pourquoi ce prix/)
  await reader.press('Payer 75,40 €')
  const email = reader.page.getByLabel('Votre adresse e-mail')
  if ((await email.inputValue()) === '') await reader.write('Votre adresse e-mail', home.email)
  await reader.choose(/^Paiement accepté 4242/)
  await reader.press('Payer 75,40 €')
  await t.settle()
  await reader.goTo('/factures')
  await reader.sees('Rien à payer', 'Payée')
})
