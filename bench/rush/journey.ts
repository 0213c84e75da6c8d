import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from './browser.ts'
import { encoded, type Form } from './form.ts'
import type { Pages } from './pages.ts'
import { choiceOf, confirmForm, signUpForm, signUpPath, toldBy } from './sign-up-page.ts'
import type { Told } from './told.ts'
import type { World, WorldFamily } from './world.ts'

/** What a family was told, and when the form was opened to it: milliseconds since 1970. */
export type Journey = { told: Told; inAt: number }

/** A page says that it is too early: it is loaded again. */
const LOOK_AGAIN_MS = 500
const ROOM = '/salle/'

/**
 * What a family does: opens the sign-up page, by the waiting room if it is led there, chooses, sends, confirms what was
 * held, and reads what it is told. `seen` keeps a page of each kind.
 */
export async function wantPlace(phone: Browser, world: World, family: WorldFamily, seen: Pages): Promise<Journey> {
  const { form, html } = await openForm(phone, signUpPath(world, family))
  const inAt = performance.timeOrigin + performance.now()
  if (!seen.form) Object.assign(seen, { form: html, child: family.child })
  return { inAt, told: await choose(phone, encoded([...form.fields, ...choiceOf(form, world, family)]), form, seen) }
}

async function choose(phone: Browser, choice: string, form: Form, seen: Pages): Promise<Told> {
  const sent = await phone.post(form.action, choice)
  if (sent.status !== 303) return toldBy(sent.body)
  const basket = await phone.get(sent.location)
  const confirm = confirmForm(basket.body)
  if (!confirm) {
    seen.waiting ||= basket.body
    return toldBy(basket.body)
  }
  seen.held ||= basket.body
  seen.heldLocation ||= sent.location
  seen.confirmAction ||= confirm.action
  const confirmed = await phone.post(confirm.action, encoded(confirm.fields))
  if (confirmed.status !== 303) return { kind: 'held' }
  const last = await phone.get(confirmed.location)
  seen.confirmed ||= last.body
  seen.confirmedLocation ||= confirmed.location
  return toldBy(last.body)
}

async function openForm(phone: Browser, path: string): Promise<{ form: Form; html: string }> {
  for (;;) {
    const page = await phone.get(path)
    if (page.status === 303 && page.location.includes(ROOM)) {
      await waitInRoom(phone, page.location)
      continue
    }
    const form = signUpForm(page.body)
    if (form) return { form, html: page.body }
    if (page.status !== 200) throw new Error(`the page answers ${page.status}`)
    await pause(LOOK_AGAIN_MS * (1 + Math.random()))
  }
}

/** The room's page, then what its script asks until it is this family's turn. */
async function waitInRoom(phone: Browser, room: string): Promise<void> {
  const page = await phone.get(room)
  if (page.status === 303) return
  for (;;) {
    const { body, status } = await phone.get(`${room}.json`)
    if (status !== 200) throw new Error(`the room answers ${status}`)
    const { state, wait } = JSON.parse(body) as { state: string; wait: number }
    if (state === 'go') return
    await pause(wait * 1_000)
  }
}
