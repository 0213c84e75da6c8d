import assert from 'node:assert/strict'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { desc } from '../../src/db/drizzle.ts'
import type { TestTown, Visitor } from '../support/town.ts'

export type Answer = Awaited<ReturnType<Visitor['get']>>

/** The answers to all questions of a path, by the last word of each page's address, as a browser sends them. */
export type Path = Record<string, Record<string, string>>

/** Somebody who asks for the full copy of the act of their own birth, and collects it. */
export const ownBirth: Path = {
  acte: { kind: 'birth' },
  document: { form: 'full-copy' },
  lieu: { place: 'here' },
  date: { 'date-day': '12', 'date-month': '5', 'date-year': '1984' },
  lien: { standing: 'self' },
  personne: { 'subject.firstNames': 'Awa, Marie-Ange', 'subject.lastName': 'N’Diaye d’Été' },
  parents: {
    'parents.unknown': 'none',
    'parents.first.firstNames': 'Fatou',
    'parents.first.lastName': 'Sy',
    'parents.second.firstNames': 'Ousmane',
    'parents.second.lastName': 'N’Diaye',
  },
  copies: { copies: '2' },
  envoi: { delivery: 'collection' },
  contact: { 'contact.email': '', 'contact.phone': '' },
  justificatifs: { proof: 'at-counter' },
}

/** Anyone who asks for the copy of an act of death, by post: what needs no paper. */
export const death: Path = {
  acte: { kind: 'death' },
  document: { form: 'full-copy' },
  lieu: { place: 'here' },
  date: { 'date-day': '3', 'date-month': '2', 'date-year': '2020' },
  personne: { 'subject.firstNames': 'Ernest', 'subject.lastName': 'Lenoir' },
  copies: { copies: '1' },
  vous: {
    'applicant.firstName': 'Zoé',
    'applicant.lastName': 'Lenoir',
    'applicant.birthDate-day': '1',
    'applicant.birthDate-month': '7',
    'applicant.birthDate-year': '1990',
  },
  envoi: { delivery: 'post' },
  adresse: { 'address.lines': '3 rue du Moulin', 'address.postcode': '59100', 'address.city': 'Valmont' },
  contact: { 'contact.email': '', 'contact.phone': '' },
}

export const CHECK = '/etat-civil/demande/verifier'

/** Answers one question. */
export const answer = (visitor: Visitor, page: string, fields: Record<string, string>): Promise<Answer> =>
  Promise.resolve(visitor.post(`/etat-civil/demande/${page}`).type('form').send(fields))

/** Answers all questions in the order in which the pages ask them, up to the check page. Gives the pages met. */
export async function answerAll(visitor: Visitor, path: Path, changes: Path = {}): Promise<string[]> {
  const answers = { ...path, ...changes }
  const pages: string[] = []
  let page = 'acte'
  for (;;) {
    const fields = answers[page]
    assert.ok(fields, `nobody expected the question « ${page} »`)
    const shown = await visitor.get(`/etat-civil/demande/${page}`)
    assert.equal(shown.status, 200, `${page}: ${shown.status} ${shown.headers['location']}`)
    pages.push(page)
    const sent = await answer(visitor, page, fields)
    assert.equal(sent.status, 303, `${page}: ${told(sent)}`)
    const next = String(sent.headers['location']).split('/').at(-1) ?? ''
    if (next === 'verifier' || next === 'a-savoir') return [...pages, next]
    assert.notEqual(next, page)
    page = next
  }
}

/** Presses « Envoyer ma demande » on the check page. */
export async function send(visitor: Visitor): Promise<Answer> {
  const page = await visitor.get(CHECK)
  return visitor.post('/etat-civil/demande/envoyer').type('form').send(hidden(page))
}

/** The hidden fields of the first form of a page that has a version. */
export function hidden(page: Answer): Record<string, string> {
  const fields = [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
  return Object.fromEntries(fields.map(([, name, value]) => [name, value]))
}

/** The words of a page, as they are read. */
export const told = (page: Answer): string =>
  page.text
    .replace(/<head[\s\S]*?<\/head>|<header[\s\S]*?<\/header>|<footer[\s\S]*/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/[\s\u00a0\u202f]+/g, ' ')

/** The path of the link to this town in a letter, that begins so. */
export function linkIn(letter: { text: string } | undefined, path: string): string {
  const link = letter?.text.match(/https?:\/\/\S+/g)?.find(each => new URL(each).pathname.startsWith(path))
  assert.ok(link, `no link to ${path} in ${letter?.text}`)
  return new URL(link).pathname
}

/** All requests, the newest first. */
export const requests = (t: TestTown) => t.town.db.read.select().from(civilRequests).orderBy(desc(civilRequests.id))
