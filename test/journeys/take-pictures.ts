// `npm run pictures`: the pictures of the README, taken anew from the demonstration town.
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { openTown } from './open-town.ts'

const FOLDER = new URL('../../docs/pictures/', import.meta.url)
const MOST_BYTES = 150_000
/** As much of a page as a reader of the README wants to see. */
const TALLEST = { 375: 1_400, 1280: 900 }

const t = await openTown({ demo: true })
// Nobody works there by itself: last month's invoices are made now.
await t.settle()

test('the parents’ screens, on a phone', async () => {
  const context = await t.browser.phone({ baseURL: t.url })
  const page = await context.newPage()
  await t.signIn(context, 'amina.diallo@exemple.fr')
  for (const [name, path] of [
    ['dashboard', '/accueil'],
    ['calendar', '/cantine?mois=2026-12'],
    ['term', '/cantine/jusqu-aux-vacances'],
  ] as const) {
    await page.goto(path)
    await take(page, name, 375)
  }
  await page.goto('/factures')
  await page.getByRole('link', { name: /^Voir le détail/ }).tap()
  await page.getByRole('button', { name: /^Payer/ }).waitFor()
  await take(page, 'invoice', 375)
  await page.getByRole('button', { name: /^Payer/ }).tap()
  await page.getByText('Choisissez un moyen de paiement').waitFor()
  await take(page, 'payment', 375)
})

test('asking for a record, on a phone', async () => {
  const context = await t.browser.phone({ baseURL: t.url })
  const page = await context.newPage()
  await page.goto('/etat-civil')
  await take(page, 'record', 375)
  const go = async (button: string) => {
    const before = page.url()
    await page.getByRole('button', { name: button }).tap()
    await page.waitForURL(url => url.href !== before)
  }
  await go('Commencer ma demande')
  const answer = async (label: string) => {
    await page.getByLabel(label).check()
    await go('Continuer')
  }
  await answer('Acte de naissance')
  await take(page, 'question', 375)
  await answer('Copie intégrale')
  await answer('À Valmont')
  await page.getByLabel('Jour').fill('12')
  await page.getByLabel('Mois').fill('5')
  await page.getByLabel('Année').fill('1984')
  await go('Continuer')
  await answer('Son frère ou sa sœur')
  await answer('Non, ou je ne sais pas')
  await take(page, 'not-entitled', 375)
})

test('signing up for the leisure centres, on a phone', async () => {
  const context = await t.browser.phone({ baseURL: t.url })
  const page = await context.newPage()
  await t.signIn(context, 'amina.diallo@exemple.fr')
  await page.goto('/centres-de-loisirs')
  await page.getByRole('button', { name: /^Inscrire mes enfants.*Noël/ }).tap()
  await page.getByRole('link', { name: 'Centre de loisirs Jules-Guesde' }).tap()
  await page
    .getByLabel(/^Toute la semaine.*Inès/)
    .last()
    .check()
  await page.getByLabel(/^Les mêmes jours qu’Inès/).check()
  await take(page, 'sign-up', 375)
  await page.getByRole('button', { name: 'Mettre dans le panier' }).tap()
  await page.getByText('Vos places sont gardées').waitFor()
  await take(page, 'basket', 375)
})

test('the clerks’ screens, on a desk', async () => {
  const context = await t.browser.desk({ baseURL: t.url })
  const page = await context.newPage()
  await t.signIn(context, 'admin@valmont.example')
  for (const [name, path] of [
    ['desk', '/guichet/cantine/comptes?jour=2026-11-24'],
    ['billing', '/guichet/facturation/2026-10'],
    ['queue', '/guichet/etat-civil'],
  ] as const) {
    await page.goto(path)
    await take(page, name, 1280)
  }
  await page.getByRole('row').nth(2).getByRole('link').first().click()
  await take(page, 'file', 1280)
})

test('the leisure centres’ desk: wishes, and the register of a Wednesday', async () => {
  const context = await t.browser.desk({ baseURL: t.url })
  const page = await context.newPage()
  await t.signIn(context, 'loisirs@valmont.example')
  await page.goto('/guichet/loisirs/souhaits')
  await page.getByRole('link', { name: /Hiver/ }).click()
  await take(page, 'wishes', 1280)
  t.at('2026-11-25T08:20:00+01:00')
  await page.goto('/guichet/loisirs/presences')
  await page.getByRole('link', { name: 'Les petits' }).click()
  for (let n = 0; n < 4; n++)
    await page
      .getByRole('button', { name: /^Est là/ })
      .first()
      .click()
  await page
    .getByRole('button', { name: /^Absent/ })
    .first()
    .click()
  await take(page, 'register', 1280)
})

test('the waiting room of an opening, on a phone', async () => {
  t.at('2026-12-07T07:50:00+01:00')
  const context = await t.browser.phone({ baseURL: t.url })
  const page = await context.newPage()
  await t.signIn(context, 'amina.diallo@exemple.fr')
  await page.goto('/centres-de-loisirs')
  await page.getByRole('button', { name: /^Entrer dans la salle d’attente/ }).tap()
  await page.getByText('Vous êtes dans la salle').waitFor()
  await take(page, 'room', 375)
})

/** Takes what a screen as tall as the page shows: the bar that sticks to its bottom is at the bottom. */
async function take(page: Page, name: string, width: 375 | 1280): Promise<void> {
  const tall = await page.evaluate<number>('document.documentElement.scrollHeight')
  await page.setViewportSize({ width, height: Math.min(tall, TALLEST[width]) })
  await page.evaluate('scrollTo(0, 0)')
  const path = fileURLToPath(new URL(`${name}-${width}.png`, FOLDER))
  await page.screenshot({ path })
  await page.setViewportSize({ width, height: 812 })
  const { size } = statSync(path)
  if (size > MOST_BYTES) throw new Error(`${path}: ${size} bytes`)
}
