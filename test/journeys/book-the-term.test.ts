import assert from 'node:assert/strict'
import { meals } from '../canteen/world.ts'
import { family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()

/** From Thursday 26 November, the first day that can still change, to Friday 18 December. */
const MONDAYS = ['2026-11-30', '2026-12-07', '2026-12-14']
const WEEKDAYS = 4 * MONDAYS.length + 2

journey(
  t,
  'a parent books every week until the holidays for both children, in four pages and eight taps',
  async reader => {
    const parent = await family(t, { children: ['Inès', 'Malo'], quotient: 39_000, signedIn: false })
    await t.signIn(reader.context, parent.email, parent.password)
    reader.startCounting()
    await reader.goTo('/accueil')
    await reader.follow('Réserver jusqu’aux vacances')
    await reader.tick('lundi, Inès', 'mardi, Inès', 'jeudi, Inès', 'vendredi, Inès', 'lundi, Malo')
    await reader.press('Vérifier')
    await reader.sees('Vérifiez avant de confirmer', `${WEEKDAYS} repas`, '3 repas', 'Un mois habituel', '20,40 €')
    await reader.press('Confirmer')
    await reader.sees(`${WEEKDAYS + 3} repas réservés`, parent.email)
    const { pages, taps } = reader.effort()
    assert.ok(pages <= 4, `${pages} pages`)
    assert.ok(taps <= 9, `${taps} taps`)

    const [ines, malo] = parent.children
    assert.equal((await meals(t, ines!.id)).length, WEEKDAYS)
    assert.deepEqual(await meals(t, malo!.id), MONDAYS)
    await t.later({ minutes: 30 })
    await t.letterTo(parent.email, /réservations ont changé/)
    const letters = (await t.letters()).filter(letter => letter.to === parent.email)
    assert.equal(letters.length, 1, 'one letter tells all of it')

    await reader.page.goBack()
    await reader.sees('Il n’y a rien à réserver')
  },
)

journey(t, 'a parent who ticks no day is told so and loses nothing', async reader => {
  const parent = await family(t, { children: ['Inès'], signedIn: false })
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/cantine')
  await reader.unfold('Cocher plus vite')
  await reader.follow('Réserver jusqu’aux vacances')
  await reader.choose(/Jusqu’à l’été/)
  await reader.press('Vérifier')
  await reader.sees('Il y a un problème')
  assert.ok(await reader.page.getByRole('radio', { name: /Jusqu’à l’été/ }).isChecked())
  await reader.tick('lundi, Inès')
  await reader.press('Vérifier')
  await reader.sees('Vérifiez avant de confirmer', 'Du jeudi 26 novembre 2026 au vendredi 2 juillet 2027')
})
