import assert from 'node:assert/strict'
import { photo } from '../journeys/photo.ts'
import type { Visitor } from '../support/town.ts'

/** A day as a form sends it. */
export function parts(name: string, iso: string): Record<string, string> {
  const [year = '', month = '', dayOfMonth = ''] = iso.split('-')
  return { [`${name}-day`]: dayOfMonth, [`${name}-month`]: month, [`${name}-year`]: year }
}

/** Sends a form of a page, which must be taken: it leads on. Gives the address it leads to. */
export async function send(
  visitor: Visitor,
  path: string,
  fields: Record<string, string | undefined>,
): Promise<string> {
  const answer = await visitor.post(path).type('form').send(fields)
  assert.ok(
    answer.status < 400,
    `${path}: ${answer.status} ${answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`,
  )
  return answer.headers['location'] ?? ''
}

/** The same with a photograph. */
export async function sendPhoto(
  visitor: Visitor,
  path: string,
  fields: Record<string, string>,
  name: string,
): Promise<void> {
  const file = { filename: 'photo.png', contentType: 'image/png' }
  const answer = await visitor.post(path).field(fields).attach(name, photo, file)
  assert.ok(
    answer.status < 400,
    `${path}: ${answer.status} ${answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`,
  )
}
