import { type Form, formsOf } from './form.ts'
import type { Told } from './told.ts'
import type { World, WorldFamily } from './world.ts'

// What the driver knows of the product's pages: nothing else here does.

/** Where a family chooses at the centre it wants. */
export const signUpPath = ({ period }: World, { centre }: WorldFamily) =>
  `/centres-de-loisirs/inscrire/${period}?centre=${centre}`

/** The form by which a child is signed up; none on a page that says it is too early. */
export const signUpForm = (html: string): Form | undefined =>
  formsOf(html).find(({ choices, fields }) => [...choices, ...fields].some(([name]) => name === 'choose'))

/** The whole of the day that everybody wants, or a place in the line when it is full. */
export function choiceOf(form: Form, { day }: World, { child }: WorldFamily): [string, string][] {
  const box = form.choices.find(([name, value]) => name === 'choose' && isThatDay(value, child, day))
  if (!box) throw new Error('the page does not offer the day')
  const wait: [string, string][] = form.choices.some(([name]) => name === 'wait') ? [['wait', 'yes']] : []
  return [box, ...wait]
}

const isThatDay = (value: string, child: string, day: string) =>
  value.startsWith(`${child} day`) && value.endsWith(` ${day}`)

/** The form that confirms a basket. */
export const confirmForm = (html: string): Form | undefined =>
  formsOf(html).find(({ action }) => action.endsWith('/confirmer'))

/** What a page says to the family at the end. */
export function toldBy(html: string): Told {
  const text = html
    .slice(html.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
  const rank = RANK.exec(text)?.[1]
  if (rank) return { kind: 'waiting', rank: Number(rank.replace(/\D/g, '')) }
  if (CONFIRMED.test(text)) return { kind: 'place' }
  return { kind: 'refused', why: text.slice(0, 300) }
}

const RANK = /(\d+)\s?(?:er|re|e|ᵉʳ|ʳᵉ|ᵉ)(?: sur| dans| en)? (?:la )?liste/
const CONFIRMED = /Confirmé/
