import assert from 'node:assert/strict'
import { meals, quotient } from '../billing/month.ts'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const cashier = await clerkAccount(t, 'cash-office')
const months = [
  { period: '2026-09', words: 'septembre 2026', days: ['2026-09-07', '2026-09-08'] },
  { period: '2026-10', words: 'octobre 2026', days: ['2026-10-05', '2026-10-06'] },
]
/** One family with a quotient, one without, one without e-mail address. */
const known = await family(t, { lastName: 'Quotient', signedIn: false })
await quotient(t.town, known.household, 50_000)
const unknown = await family(t, { lastName: 'Sans', signedIn: false })
for (const { days } of months) {
  await meals(t.town, known, days)
  await meals(t.town, unknown, days)
}

journey(
  t,
  'at the month’s end a clerk drafts, looks at the oddities, issues, and watches the mails go out',
  async clerk => {
    const { period, words } = months.shift() ?? assert.fail('one month for each telling')
    await t.signIn(clerk.context, cashier.email, cashier.password)
    await clerk.goTo('/guichet/facturation')
    await clerk.pick('Mois à facturer', words)
    await clerk.press('Préparer le brouillon')
    await t.settle()
    await clerk.goTo(`/guichet/facturation/${period}`)
    await clerk.sees('Brouillon', '2 familles', '12,00 €', '1 famille sans quotient confirmé')
    await clerk.follow('1 famille sans quotient confirmé')
    await clerk.sees('Awa Sans', '7,20 €')
    await clerk.doesNotSee('Awa Quotient')
    await clerk.follow(/Awa Sans/)
    await clerk.sees('2 fois 3,60 €')

    await clerk.goTo(`/guichet/facturation/${period}`)
    await clerk.press('Émettre 2 factures')
    await clerk.sees('Il y a un problème')
    await clerk.tick(/J’ai vérifié le brouillon : 2 factures/)
    await clerk.press('Émettre 2 factures')
    await clerk.sees('L’émission commence')
    await t.settle()
    await clerk.goTo(`/guichet/facturation/${period}`)
    await clerk.sees('Émise', 'Factures émises 2 sur 2', 'PDF faits 2 sur 2', 'E-mails envoyés 2')
    await t.letterTo(known.email, new RegExp(words.replace(' ', '\\s')))

    await clerk.goTo('/guichet/facturation/factures')
    await clerk.sees('Awa Quotient', 'Awa Sans', 'À payer')
  },
)
